import { expect, test } from 'vitest';
import { readBuildManifest } from '../../../web/server/build-manifest.ts';

const MANIFEST = JSON.stringify({
  'page.tsx': { file: 'assets/page-1.js', imports: ['_shared.js'], css: ['assets/page-1.css'] },
  'player.ts': { file: 'assets/player-1.js', imports: ['_shared.js'], dynamicImports: ['late.ts'] },
  'late.ts': { file: 'assets/late-1.js' },
  '_shared.js': {
    file: 'assets/shared-1.js',
    imports: ['page.tsx'],
    css: ['assets/page-1.css', 'assets/shared-1.css'],
  },
});

test('a module needs what it imports at once, each file named once', () => {
  expect(readBuildManifest(MANIFEST)(['page.tsx', 'player.ts'])).toEqual({
    scripts: ['/assets/page-1.js', '/assets/shared-1.js', '/assets/player-1.js'],
    styles: ['/assets/page-1.css', '/assets/shared-1.css'],
  });
});

test('a module that the build does not know needs nothing', () => {
  expect(readBuildManifest(MANIFEST)(['gone.ts'])).toEqual({ scripts: [], styles: [] });
  expect(readBuildManifest(null)(['page.tsx'])).toEqual({ scripts: [], styles: [] });
});
