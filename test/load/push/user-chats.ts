import { HttpClient } from '../../support/http.js';
import { userName } from './clients/push-client.js';

/** Chats started at once. */
const AT_ONCE = 32;

/** Starts a chat for each of so many users, who want its messages over CometD. Gives back the service of each. */
export const startUserChats = async (port: number, users: number): Promise<readonly string[]> => {
  const http = new HttpClient(`http://127.0.0.1:${port}`);
  const ids = Array<string>(users).fill('');
  let next = 0;
  const startMany = async (): Promise<void> => {
    while (next < users) {
      const user = next;
      next += 1;
      const headers = { gms_user: userName(user) };
      const created = await http.post('/genesys/1/service/request-chat', { headers });
      const { _id: id } = created.json() as { _id: string };
      const form = { firstName: 'Vasya', lastName: 'Pupkin', subject: 'benchmark', notify_by: 'comet' };
      const started = await http.post(`/genesys/1/service/${id}/ixn/chat`, { form, headers });
      if (started.status !== 200) throw new Error(`ixn/chat: expected 200, got ${started.status} ${started.text}`);
      ids[user] = id;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, startMany));
  http.close();
  return ids;
};
