/** The elements the player uses, one by one: the package's index would bring all of them. */
import 'media-chrome/media-controller';
import 'media-chrome/media-control-bar';
import 'media-chrome/media-play-button';
import 'media-chrome/media-mute-button';
import 'media-chrome/media-volume-range';
import 'media-chrome/media-pip-button';
import 'media-chrome/media-fullscreen-button';
import 'media-chrome/menu/media-chrome-menu';
import 'media-chrome/menu/media-chrome-menu-button';
import 'media-chrome/menu/media-chrome-menu-item';
