import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatSession, Plan, SessionListener } from './chat-session.js';
import { ChatView } from './chat-view.js';
import { type Exchange, keepExchange } from './exchange.js';
import { Inspector } from './inspector.js';
import { forget, recall, remember } from './memory.js';
import { PollSession } from './poll-session.js';
import { StartForm } from './start-form.js';
import { NOTHING_YET, takeBatch, type Transcript } from './transcript.js';
import { V1Client } from './v1-client.js';

/** How things stand, in a sentence. */
interface Standing {
  readonly text: string;
  readonly isTrouble: boolean;
}

const NOT_CONNECTED: Standing = { text: 'not connected', isTrouble: false };

const makeSession = async (
  plan: Plan,
  listener: SessionListener,
  onExchange: (exchange: Exchange) => void,
): Promise<ChatSession> => {
  const client = new V1Client(plan.user, onExchange);
  if (plan.mode === 'poll') return new PollSession(client, plan, listener);
  // Whoever polls need not load the CometD client.
  const { CometSession } = await import('./comet-session.js');
  return new CometSession(client, plan, listener, onExchange);
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A telephone with a chat in it, and beside it what goes over the line. */
export const App = () => {
  const [plan, setPlan] = useState<Plan>();
  const [lastPlan, setLastPlan] = useState<Plan>();
  const [serviceId, setServiceId] = useState('');
  const [transcript, setTranscript] = useState<Transcript>(NOTHING_YET);
  const [standing, setStanding] = useState<Standing>(NOT_CONNECTED);
  const [isOver, setOver] = useState(false);
  const [isStarted, setStarted] = useState(false);
  const [isAway, setAway] = useState(false);
  const [exchanges, setExchanges] = useState<readonly Exchange[]>([]);
  const session = useRef<ChatSession | undefined>(undefined);
  /** Counts chats: what a chat that was left still has to say is no news. */
  const turn = useRef(0);

  const stands = (text: string, isTrouble = false): void => {
    setStanding({ text, isTrouble });
  };
  const listenerOf = (chosen: Plan, mine: number): SessionListener => {
    const whileCurrent =
      <Args extends readonly unknown[]>(then: (...args: Args) => void) =>
      (...args: Args): void => {
        if (mine === turn.current) then(...args);
      };
    return {
      stands: whileCurrent(stands),
      reached: whileCurrent((id: string, hasStarted: boolean) => {
        setServiceId(id);
        setStarted(hasStarted);
        remember({ plan: chosen, serviceId: id, isStarted: hasStarted });
      }),
      told: whileCurrent((batch) => {
        setTranscript((before) => takeBatch(before, batch));
      }),
      over: whileCurrent((why: string) => {
        stands(why);
        setOver(true);
        forget();
      }),
    };
  };
  const onExchange = (exchange: Exchange): void => {
    setExchanges((before) => keepExchange(before, exchange));
  };

  /** Back to the form, with a last word. */
  const leave = (last: Standing): void => {
    turn.current += 1;
    session.current?.close();
    session.current = undefined;
    forget();
    setPlan(undefined);
    setServiceId('');
    setTranscript(NOTHING_YET);
    setStarted(false);
    setOver(false);
    setAway(false);
    setStanding(last);
  };

  const enter = async (chosen: Plan, how: (made: ChatSession) => Promise<void>): Promise<void> => {
    turn.current += 1;
    const mine = turn.current;
    setPlan(chosen);
    setLastPlan(chosen);
    stands('starting');
    try {
      const made = await makeSession(chosen, listenerOf(chosen, mine), onExchange);
      if (mine !== turn.current) return;
      session.current = made;
      await how(made);
    } catch (error) {
      if (mine === turn.current) leave({ text: reasonOf(error), isTrouble: true });
    }
  };

  useEffect(() => {
    const remembered = recall();
    if (remembered === undefined) return;
    setStarted(remembered.isStarted);
    void enter(remembered.plan, (made) => made.resume(remembered.serviceId, remembered.isStarted));
    // Once, when the page has been loaded.
  }, []);

  /** Does what the person wants; when the server would not have it, says so. @returns whether it was done */
  const act = async (what: (running: ChatSession) => Promise<void>): Promise<boolean> => {
    const mine = turn.current;
    if (session.current === undefined) return false;
    try {
      await what(session.current);
      return true;
    } catch (error) {
      if (mine === turn.current) stands(reasonOf(error), true);
      return false;
    }
  };

  return (
    <main class="stage">
      <section class="phone" aria-label="The application">
        <header class="phone__head">
          <h1>
            <bdi>{plan === undefined ? 'Talk to us' : plan.subject || 'Chat'}</bdi>
          </h1>
          <p role="status" data-testid="status" class={standing.isTrouble ? 'standing standing--trouble' : 'standing'}>
            {standing.isTrouble && <span aria-hidden="true">⚠ </span>}
            {standing.text}
          </p>
        </header>
        {plan === undefined ? (
          <StartForm
            initial={lastPlan}
            onStart={(chosen) => {
              void enter(chosen, (made) => made.start());
            }}
          />
        ) : (
          <ChatView
            key={turn.current}
            transcript={transcript}
            isStarted={isStarted}
            isOver={isOver}
            isAway={isAway}
            canLeave={plan.mode === 'comet'}
            dialogUrl={
              plan.service === 'advanced-chat-poll' && serviceId !== ''
                ? `/genesys/1/service/${serviceId}/dialogs/current`
                : undefined
            }
            onSend={(text) => act((running) => running.send(text))}
            onTyping={(isTyping) => {
              void act((running) => running.typing(isTyping));
            }}
            onEnd={() => {
              void act((running) => running.end());
            }}
            onBackground={() => {
              if (isAway) session.current?.comeBack?.();
              else session.current?.leave?.(transcript.position);
              setAway(!isAway);
            }}
            onAgain={() => {
              leave(NOT_CONNECTED);
            }}
          />
        )}
      </section>
      <Inspector exchanges={exchanges} />
    </main>
  );
};
