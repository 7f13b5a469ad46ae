/** An H.264 encoder that ffmpeg can drive. */
export type VideoEncoderName =
  | 'libx264'
  | 'h264_nvenc'
  | 'h264_qsv'
  | 'h264_vaapi'
  | 'h264_videotoolbox';

export interface VideoEncoder {
  name: VideoEncoderName;
  /** As people say it. */
  label: string;
  hardware: boolean;
  /** Before the input. */
  globalOptions: string[];
  /** Behind the scaler; null: frames stay in main memory. */
  upload: string | null;
  /** No B-frames, no look-ahead, forced keyframes are IDR frames, captions are kept where it can. */
  options: string[];
}

export const SOFTWARE_ENCODER: VideoEncoder = {
  name: 'libx264',
  label: 'x264',
  hardware: false,
  globalOptions: [],
  upload: null,
  options: [
    '-preset',
    'veryfast',
    '-tune',
    'zerolatency',
    '-sc_threshold',
    '0',
    '-forced-idr',
    '1',
  ],
};

/** In the order in which they are preferred. */
export const HARDWARE_ENCODERS: VideoEncoder[] = [
  {
    name: 'h264_nvenc',
    label: 'NVENC',
    hardware: true,
    globalOptions: [],
    upload: null,
    options: [
      ...['-preset', 'p4', '-tune', 'ull', '-rc', 'cbr', '-bf', '0', '-delay', '0'],
      ...['-zerolatency', '1', '-no-scenecut', '1', '-forced-idr', '1'],
    ],
  },
  {
    name: 'h264_qsv',
    label: 'Quick Sync',
    hardware: true,
    globalOptions: [],
    upload: 'format=nv12',
    options: [
      ...['-preset', 'veryfast', '-bf', '0', '-async_depth', '1', '-look_ahead', '0'],
      ...['-forced_idr', '1'],
    ],
  },
  {
    name: 'h264_vaapi',
    label: 'VAAPI',
    hardware: true,
    globalOptions: ['-vaapi_device', '/dev/dri/renderD128'],
    upload: 'format=nv12,hwupload',
    options: ['-bf', '0', '-async_depth', '1', '-rc_mode', 'CBR'],
  },
  {
    name: 'h264_videotoolbox',
    label: 'VideoToolbox',
    hardware: true,
    globalOptions: [],
    upload: null,
    options: ['-bf', '0', '-realtime', '1', '-prio_speed', '1'],
  },
];
