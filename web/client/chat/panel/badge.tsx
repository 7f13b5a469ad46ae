import type { ReactNode } from 'react';
import type { Role } from '../../../../platform/protocol/chat/roles.ts';
import { ROLE_NAMES, topRole } from './ranks.ts';

const MARKS: Partial<Record<Role, ReactNode>> = {
  broadcaster: <path d="M2.5 5h7v6h-7zM10.5 7l3.5-2v6l-3.5-2z" />,
  moderator: <path d="M8 2 3 3.8v4c0 3.1 2 5.1 5 6.2 3-1.1 5-3.1 5-6.2v-4z" />,
  vip: <path d="M4.5 3h7L14 6.5 8 13.5 2 6.5z" />,
  follower: <path d="M8 13.2 3 8.3a3 3 0 0 1 4.3-4.2l.7.7.7-.7A3 3 0 0 1 13 8.3z" />,
};

/** The highest of somebody's roles; those whom everybody has show none. */
export function Badge({ roles }: { roles: readonly Role[] }) {
  const role = topRole(roles);
  const mark = MARKS[role];
  if (mark === undefined) return null;
  return (
    <span className={`chat-badge chat-badge-${role}`} title={ROLE_NAMES[role]}>
      <svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
        {mark}
      </svg>
      <span className="visually-hidden">{ROLE_NAMES[role]} </span>
    </span>
  );
}
