import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { DeskSession } from '../desk-session.js';
import type { DeskState } from '../state/desk-state.js';

const Session = createContext<DeskSession | null>(null);

export const SessionProvider = Session.Provider;

export const useSession = (): DeskSession => {
  const session = useContext(Session);
  if (session === null) throw new Error('expected to be inside of a SessionProvider');
  return session;
};

/** The state as it is; draws again with every change. */
export const useDesk = (): DeskState => {
  const { store } = useSession();
  const [state, setState] = useState(store.state);
  useEffect(() => {
    const take = () => {
      setState(store.state);
    };
    take();
    return store.subscribe(take);
  }, [store]);
  return state;
};
