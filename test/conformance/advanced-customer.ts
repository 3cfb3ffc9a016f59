import { type HttpClient, type RequestOptions, waitFor } from '../support/http.js';
import { expectStatus, SERVICE } from './customer.js';

/** What `status` answers, and what is pushed when it changes. */
export interface StatusBody {
  readonly message: {
    readonly _id: string;
    readonly _status: string;
    readonly _dialog: string;
    readonly _chatIxnAPI_CREATE_URL?: string;
    readonly _session_comand_STATUS_URL?: string;
  };
  readonly tag: string;
}

/** What `check-queue-position` answers. */
export interface QueueBody {
  readonly _position: string;
  readonly _eta: string;
  readonly _total_waiting: string;
  readonly _agent_ready_threshold_passed: boolean;
}

/** Creates an advanced service and gives its id. */
export const createAdvanced = async (
  client: HttpClient,
  options: RequestOptions = {},
  name = 'advanced-chat-poll',
): Promise<string> => {
  const body = expectStatus(await client.post(`${SERVICE}/${name}`, options), 200).json() as { _id: string };
  return body._id;
};

export const statusOf = async (client: HttpClient, id: string, options: RequestOptions = {}): Promise<StatusBody> =>
  expectStatus(await client.post(`${SERVICE}/${id}/status`, options), 200).json() as StatusBody;

export const queueOf = async (client: HttpClient, id: string): Promise<QueueBody> =>
  expectStatus(await client.post(`${SERVICE}/${id}/check-queue-position`), 200).json() as QueueBody;

/** Polls as an application does until the service has a status. */
export const untilStatus = (client: HttpClient, id: string, status: string, dialog?: string): Promise<StatusBody> =>
  waitFor(`status "${status}"`, async () => {
    const body = await statusOf(client, id);
    return body.message._status === status && (dialog === undefined || body.message._dialog === dialog) && body;
  });
