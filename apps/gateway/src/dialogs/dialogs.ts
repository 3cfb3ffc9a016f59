import { DomainError } from '@app/domain';
import type { Clock } from '@app/event-store';
import type { Services } from '../service/services.js';
import type { Dialog, DialogFolder } from './dialog-folder.js';
import { asksForQueue, commonValues, dialogValues } from './dialog-values.js';

/** A dialog as it goes out. */
export interface DialogPage {
  readonly status: 200 | 404;
  readonly contentType: string;
  readonly isStatic: boolean;
  readonly text: string;
}

/** Stands for the dialog that is shown now; no file has it as its name. */
const CURRENT = 'current';
/** Leads to the address of a dialog that is not ours. */
const ELSEWHERE = 'continue.html';
const GONE = 'error.html';

const isAddress = (dialog: string): boolean => /^https?:\/\//i.test(dialog);

/** Dialogs with the data of their services filled in. */
export class Dialogs {
  constructor(
    private readonly folder: DialogFolder,
    private readonly services: Pick<Services, 'open' | 'shown' | 'queuePosition'>,
    private readonly clock: Clock,
  ) {}

  /** @returns undefined when there is no such dialog @throws DomainError SERVICE_NOT_FOUND */
  async ofService(id: string, user: string | undefined, name: string): Promise<DialogPage | undefined> {
    // Pages bring their style from beside them: that is nothing of the service's.
    if (this.folder.isStatic(name)) return this.alone(name);
    const service = await this.services.open(id, user);
    const shown = service.kind === 'advanced' ? this.services.shown(service) : undefined;
    const wanted = name === CURRENT ? shown?.dialog : name;
    const isElsewhere = wanted !== undefined && isAddress(wanted);
    const dialog = wanted === undefined ? undefined : await this.folder.find(isElsewhere ? ELSEWHERE : wanted);
    if (dialog === undefined) return undefined;
    const queue = asksForQueue(dialog.template.names) ? await this.services.queuePosition(id, service) : undefined;
    return page(dialog, dialogValues({ serviceId: id, service, shown, queue }, this.clock.nowMs()));
  }

  /** A dialog without a service. */
  async alone(name: string): Promise<DialogPage | undefined> {
    const dialog = await this.folder.find(name);
    return dialog === undefined ? undefined : page(dialog, commonValues(this.clock.nowMs()));
  }

  /** What a person sees whose service is no more; a page that asks again and again ends here. */
  async gone(error: unknown): Promise<DialogPage> {
    if (!(error instanceof DomainError) || error.code !== 'SERVICE_NOT_FOUND') throw error;
    const dialog = await this.alone(GONE);
    if (dialog === undefined) throw error;
    return { ...dialog, status: 404 };
  }
}

const page = ({ contentType, isStatic, template }: Dialog, values: ReadonlyMap<string, string>): DialogPage => ({
  ...{ status: 200, contentType, isStatic },
  text: template.fill(values),
});
