import { type Attributes, type ComponentType, createElement, lazy, type ReactNode } from 'react';

export interface LazyPage<Props> {
  draw(props: Props & Attributes): ReactNode;
  /** Loads the page's script; call before the first drawing. */
  preload(): Promise<void>;
}

/**
 * A page with a script of its own. Once preloaded it is drawn at once: behind a Suspense fallback
 * React holds it back for 300 ms from when the fallback was shown (FALLBACK_THROTTLE_MS).
 */
export function lazyPage<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): LazyPage<Props> {
  let page: ComponentType<Props> = lazy(async () => ({ default: await load() }));
  return {
    draw: (props) => createElement(page, props),
    async preload() {
      page = await load();
    },
  };
}
