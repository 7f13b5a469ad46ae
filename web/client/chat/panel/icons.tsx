import { Icon } from '../../shell/icons.tsx';

export const ReplyIcon = () => (
  <Icon>
    <path d="M10 6 4 12l6 6M4.5 12H14a6 6 0 0 1 6 6v1" />
  </Icon>
);
export const TrashIcon = () => (
  <Icon>
    <path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10.2 11v5M13.8 11v5" />
  </Icon>
);
export const TimeoutIcon = () => (
  <Icon>
    <circle cx="12" cy="13" r="7.5" />
    <path d="M12 9v4l2.6 1.8M9.5 2.8h5" />
  </Icon>
);
export const BanIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="m6.2 6.2 11.6 11.6" />
  </Icon>
);
export const PinIcon = () => (
  <Icon>
    <path d="M9 3.5h6l-.8 6 3.3 3.5v2h-11v-2l3.3-3.5ZM12 15v6" />
  </Icon>
);
export const FlagIcon = () => (
  <Icon>
    <path d="M5.5 21V4.5c4-2.5 8 2.5 13 0V14c-5 2.5-9-2.5-13 0" />
  </Icon>
);
export const PeopleIcon = () => (
  <Icon>
    <circle cx="9" cy="8.5" r="3.5" />
    <path d="M2.5 19.5c.6-3.8 3.2-5.5 6.5-5.5s5.9 1.7 6.5 5.5M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14.6c2 .8 3.2 2.5 3.5 4.9" />
  </Icon>
);
export const ShieldIcon = () => (
  <Icon>
    <path d="M12 3 4.5 5.8v5.7c0 4.6 3 7.7 7.5 9.5 4.5-1.8 7.5-4.9 7.5-9.5V5.8Z" />
  </Icon>
);
export const SmileIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M8.3 14.2a4.3 4.3 0 0 0 7.4 0M9.2 9.5h.01M14.8 9.5h.01" />
  </Icon>
);
export const SendIcon = () => (
  <Icon>
    <path d="m4.5 12-1-7.5 17.5 7.5L3.5 19.5ZM4.5 12H12" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m6 6 12 12M18 6 6 18" />
  </Icon>
);
export const DownIcon = () => (
  <Icon>
    <path d="M12 5v14M6 13l6 6 6-6" />
  </Icon>
);
export const PopOutIcon = () => (
  <Icon>
    <path d="M13.5 4.5h6v6M19.5 4.5 11 13M10 6H5.5v12.5H18V14" />
  </Icon>
);
export const WhisperIcon = () => (
  <Icon>
    <path d="M4 5.5h16v11h-9L6.5 20v-3.5H4ZM8.5 11h.01M12 11h.01M15.5 11h.01" />
  </Icon>
);
export const ThreadIcon = () => (
  <Icon>
    <path d="M4 5h16M4 10h10M9 15h11M9 20h7" />
  </Icon>
);
