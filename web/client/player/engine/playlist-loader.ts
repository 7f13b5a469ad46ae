import Hls, {
  type HlsConfig,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type PlaylistLoaderContext,
} from 'hls.js';
import { playableFromParts } from './parts-only-playlist.ts';

type PlaylistLoaderConstructor = NonNullable<HlsConfig['pLoader']>;

// hls.js types its own loader for any kind of context; it is the one that loads playlists too.
const Loader = Hls.DefaultConfig.loader as unknown as new (
  config: HlsConfig,
) => InstanceType<PlaylistLoaderConstructor>;

/** hls.js's own loader, whose playlists can be played from their first part on. */
export class PlaylistLoader extends Loader {
  override load(
    context: PlaylistLoaderContext,
    config: LoaderConfiguration,
    callbacks: LoaderCallbacks<PlaylistLoaderContext>,
  ): void {
    super.load(context, config, {
      ...callbacks,
      onSuccess(response, ...rest) {
        const { data } = response;
        const answer =
          typeof data === 'string' ? { ...response, data: playableFromParts(data) } : response;
        callbacks.onSuccess(answer, ...rest);
      },
    });
  }
}
