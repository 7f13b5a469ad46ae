import { useEffect, useState } from 'react';
import type { ChatClient } from '../chat-client.ts';
import { connect } from './connect.ts';

/** One connection for as long as the panel is there. */
export function useClient(channel: string): ChatClient | null {
  const [client, setClient] = useState<ChatClient | null>(null);
  useEffect(() => {
    const made = connect(channel);
    setClient(made);
    return () => {
      setClient(null);
      made.close();
    };
  }, [channel]);
  return client;
}
