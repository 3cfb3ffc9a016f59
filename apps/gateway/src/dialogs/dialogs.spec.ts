import { join } from 'node:path';
import { LATER_TIMEOUTS, DomainError, NO_COMMANDS, type OpenService } from '@app/domain';
import { createLogger } from '@app/observability';
import type { QueuePosition, ShownStatus } from '@app/wire';
import { DialogFolder } from './dialog-folder.js';
import { Dialogs } from './dialogs.js';

const SHIPPED = join(import.meta.dirname, '../../../../services/dialogs');
const ID = 'EKUJPKAQ197CFA6SJQKTJ03DBG00001K';

const SERVICE: OpenService = {
  ...{
    status: 'open',
    name: 'poll',
    kind: 'advanced',
    businessData: { name: 'Ann' },
    requestedAtMs: 0,
    lastEventAtMs: 0,
  },
  ...{ logicDeadlines: {}, pushes: [], involved: [], agentsAsOf: 0, routing: null, chat: null },
  commands: NO_COMMANDS,
  timeouts: {
    ...{ ttlS: 60, flexDisconnectS: 45, idleAlertS: 255, idleCloseS: 45, asyncCloseS: 3_600, idleAlertMessage: '' },
    ...LATER_TIMEOUTS,
  },
};

/** Dialogs of one service, which counts how often its queue is asked about. */
const shownBy = (shown: ShownStatus, service: OpenService = SERVICE) => {
  const looks = { queue: 0 };
  const queue: QueuePosition = { position: 4, etaS: 90, totalWaiting: 9, isAgentReady: false };
  const folder = new DialogFolder(SHIPPED, createLogger({ name: 'test', level: 'silent' }));
  const services = {
    open: (id: string) =>
      id === ID ? Promise.resolve(service) : Promise.reject(new DomainError('SERVICE_NOT_FOUND', 'no such service')),
    shown: () => shown,
    queuePosition: () => {
      looks.queue += 1;
      return Promise.resolve(queue);
    },
  };
  return { dialogs: new Dialogs(folder, services, { nowMs: () => 0 }), looks };
};

describe('the dialog that is shown now', () => {
  it('is the file that the service logic names, with the place in the queue', async () => {
    const { dialogs, looks } = shownBy({ status: 'waiting', dialog: 'waiting_for_agent.html' });
    const page = await dialogs.ofService(ID, undefined, 'current');
    expect(page).toEqual(await dialogs.ofService(ID, undefined, 'waiting_for_agent.html'));
    expect(page?.text).toContain('<strong>4</strong> of <strong>9</strong>');
    expect(page?.text).toContain('about <strong>2</strong> min');
    expect(looks.queue).toBe(2);
  });

  it('does not ask for the queue where it says nothing of it', async () => {
    const { dialogs, looks } = shownBy({ status: 'form', dialog: 'pre_chat_form.html' });
    expect((await dialogs.ofService(ID, undefined, 'current'))?.text).toContain('value="Ann"');
    expect(looks.queue).toBe(0);
  });

  it('leads to an address when that is what is shown', async () => {
    const dialog = 'https://example.org/form?a=1&b=2';
    const { dialogs } = shownBy({ status: 'form', dialog });
    const { text = '' } = (await dialogs.ofService(ID, undefined, 'current')) ?? {};
    expect(text).toContain('content="0; url=https://example.org/form?a=1&amp;b=2"');
    expect(text).toContain('href="https://example.org/form?a=1&amp;b=2"');
  });

  it.each(['javascript:alert(1)', '//example.org/', 'file:///etc/passwd', '../request-chat.yaml', 'no-such.html'])(
    'is nothing where %s is named',
    async (dialog) => {
      const { dialogs } = shownBy({ status: 'form', dialog });
      expect(await dialogs.ofService(ID, undefined, 'current')).toBeUndefined();
    },
  );

  it('is none for a basic service, which may have a page all the same', async () => {
    const { dialogs } = shownBy({ status: 'waiting', dialog: 'closed.html' }, { ...SERVICE, kind: 'basic' });
    expect(await dialogs.ofService(ID, undefined, 'current')).toBeUndefined();
    expect(await dialogs.ofService(ID, undefined, 'closed.html')).toMatchObject({ status: 200 });
  });
});

describe('where there is no service', () => {
  const { dialogs } = shownBy({ status: 'waiting', dialog: 'closed.html' });

  it('is nothing but the style of pages', async () => {
    await expect(dialogs.ofService('other', undefined, 'closed.html')).rejects.toThrow('no such service');
    expect(await dialogs.ofService('other', undefined, 'dialog.css')).toMatchObject({ isStatic: true });
  });

  it('has an explanation for people, and for that alone', async () => {
    expect(await dialogs.gone(new DomainError('SERVICE_NOT_FOUND', ''))).toMatchObject({ status: 404 });
    await expect(dialogs.gone(new Error('a fault'))).rejects.toThrow('a fault');
  });
});
