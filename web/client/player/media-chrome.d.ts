import type { HTMLAttributes, Key, Ref } from 'react';

type Attribute = string | number | boolean | undefined;

interface MediaElementProps extends HTMLAttributes<HTMLElement> {
  key?: Key;
  ref?: Ref<HTMLElement>;
  autohide?: Attribute;
  defaultstreamtype?: 'live';
  noautoseektolive?: boolean;
  nohotkeys?: boolean;
  invoketarget?: string;
  anchor?: string;
  type?: string;
  value?: string;
  checked?: boolean;
  disabled?: boolean;
  notooltip?: boolean;
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'media-controller': MediaElementProps;
      'media-control-bar': MediaElementProps;
      'media-play-button': MediaElementProps;
      'media-mute-button': MediaElementProps;
      'media-volume-range': MediaElementProps;
      'media-pip-button': MediaElementProps;
      'media-fullscreen-button': MediaElementProps;
      'media-chrome-menu': MediaElementProps;
      'media-chrome-menu-button': MediaElementProps;
      'media-chrome-menu-item': MediaElementProps;
    }
  }
}
