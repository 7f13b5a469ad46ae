import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

const root = join(import.meta.dirname, 'client');

export default defineConfig({
  root,
  publicDir: join(root, 'public'),
  plugins: [react(), precompress()],
  build: {
    outDir: join(import.meta.dirname, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    // The page's CSP allows no data: URLs for fonts and styles.
    assetsInlineLimit: 0,
    // From it the server tells browsers what a page needs before its script asks for it.
    manifest: true,
    reportCompressedSize: false,
  },
});
