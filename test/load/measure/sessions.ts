import { HttpClient } from '../../support/http.js';

/** Chats started at once. */
const AT_ONCE = 32;

/** Starts chats as an application does: a service, then its chat. Gives back the ids of the services. */
export const startChats = async (port: number, count: number): Promise<readonly string[]> => {
  const http = new HttpClient(`http://127.0.0.1:${port}`);
  const ids: string[] = [];
  const startOne = async (): Promise<void> => {
    const created = await http.post('/genesys/1/service/request-chat');
    const { _id: id } = created.json() as { _id: string };
    const form = { firstName: 'Vasya', lastName: 'Pupkin', subject: 'benchmark' };
    const started = await http.post(`/genesys/1/service/${id}/ixn/chat`, { form });
    if (started.status !== 200) throw new Error(`ixn/chat: expected 200, got ${started.status} ${started.text}`);
    ids.push(id);
  };
  let left = count;
  const startMany = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await startOne();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, startMany));
  http.close();
  return ids;
};
