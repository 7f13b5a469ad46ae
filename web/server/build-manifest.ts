/** What a module of the built page needs loaded besides the page's own script. */
export interface ModuleFiles {
  scripts: string[];
  styles: string[];
}

interface Chunk {
  file: string;
  imports?: string[];
  css?: string[];
}

type Manifest = Readonly<Record<string, Chunk>>;

/** Finds the files of source modules, everything they import at once included. */
export type FilesOf = (sources: readonly string[]) => ModuleFiles;

/**
 * @param manifestJson `.vite/manifest.json` as Vite writes it; null: there is none, and nothing is
 * known of any module
 */
export function readBuildManifest(manifestJson: string | null): FilesOf {
  const manifest: Manifest = manifestJson === null ? {} : JSON.parse(manifestJson);
  return (sources) => {
    const chunks = new Set<string>();
    for (const source of sources) collect(manifest, source, chunks);
    const found = [...chunks].flatMap((name) => manifest[name] ?? []);
    return {
      scripts: found.map(({ file }) => `/${file}`),
      styles: [...new Set(found.flatMap(({ css }) => css ?? []))].map((file) => `/${file}`),
    };
  };
}

function collect(manifest: Manifest, name: string, chunks: Set<string>): void {
  const chunk = manifest[name];
  if (chunk === undefined || chunks.has(name)) return;
  chunks.add(name);
  for (const imported of chunk.imports ?? []) collect(manifest, imported, chunks);
}
