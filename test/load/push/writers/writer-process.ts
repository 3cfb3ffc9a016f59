import { createServer, type AddressInfo } from 'node:net';
import { obey } from '../../measure/conversation.js';
import { openFayeSink } from './faye-sink.js';
import { MessageFlow } from './message-flow.js';
import type { MessageSink } from './message-sink.js';
import { ProductSink } from './product-sink.js';
import type { SinkAddress, WriterOrder } from './push-writer.js';
import { openBareSink, openCursorSink, openSocketIoSink } from './stream-sinks.js';

/** Bytes of a report of the clients: how many messages they have received since the last. */
const REPORT_BYTES = 4;

let sink: MessageSink | undefined;
let flow: MessageFlow | undefined;

const openSink = (address: SinkAddress): Promise<MessageSink> => {
  switch (address.dialect) {
    case 'parley':
      return ProductSink.open(address.store, address.ids);
    case 'bare':
      return openBareSink(address.store);
    case 'bare-cursors':
      return openCursorSink(address.store);
    case 'socket.io':
      return openSocketIoSink(address.store);
    case 'faye':
      return openFayeSink(address.port);
  }
};

/** Where clients say what they have received; gives its port. */
const listen = (): Promise<number> => {
  const server = createServer({ noDelay: true }, (socket) => {
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let messages = 0;
      let at = 0;
      for (; at + REPORT_BYTES <= data.length; at += REPORT_BYTES) messages += data.readUInt32LE(at);
      rest = data.subarray(at);
      flow?.received(messages);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
};

const open = async (address: SinkAddress, users: number): Promise<number> => {
  sink = await openSink(address);
  flow = new MessageFlow(sink, users);
  return listen();
};

obey(async (asked) => {
  const order = asked as WriterOrder;
  if (order.type === 'open') return open(order.sink, order.users);
  if (flow === undefined) throw new Error('a writer is opened before it writes');
  switch (order.type) {
    case 'keep-undelivered':
      flow.keepUndelivered(order.messages);
      return;
    case 'write-steadily':
      flow.writeSteadily(order.perS, order.together);
      return;
    case 'stop':
      return flow.stop();
  }
});
