import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';

const BASE36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ADVANCED = /^[0-9A-Z]{32}$/;

/** Random upper-case letters and digits, each equally likely. */
export const randomBase36 = (length: number): string => {
  let text = '';
  while (text.length < length) {
    // 252 is the greatest multiple of 36 in a byte: above it some characters would be likelier than others.
    for (const byte of randomBytes(length)) if (byte < 252) text += BASE36.charAt(byte % 36);
  }
  return text.slice(0, length);
};

/** A number in 0…span-1 that is `partition` modulo `partitions`. */
const congruent = (partition: number, partitions: number, span: number): number =>
  partition + partitions * randomInt(Math.floor(span / partitions));

/** The id of a basic service: UUID layout; its last byte tells the partition, 116 bits and more are random. */
export const newBasicServiceId = (partition: number, partitions: number): string =>
  randomUUID().slice(0, 34) + congruent(partition, partitions, 256).toString(16).padStart(2, '0');

/** The id of an advanced service: 32 upper-case letters and digits; the last two tell the partition. */
export const newAdvancedServiceId = (partition: number, partitions: number): string => {
  const tail = congruent(partition, partitions, 36 * 36);
  return randomBase36(30) + BASE36.charAt(Math.floor(tail / 36)) + BASE36.charAt(tail % 36);
};

/** Whether a text has the form of a service id. */
export const isServiceId = (text: string): boolean => UUID.test(text) || ADVANCED.test(text);

/** The partition in which a service lives, from its id. */
export const partitionOfService = (id: string, partitions: number): number =>
  id.length === 36 ? Number.parseInt(id.slice(34), 16) % partitions : Number.parseInt(id.slice(30), 36) % partitions;

/** The partition of a user: all that is his lives together. */
export const partitionOfUser = (user: string, partitions: number): number =>
  createHash('sha256').update(user).digest().readUInt32BE(0) % partitions;

/** A user's name as it stands in keys: of one length, and not to be read in a dump. */
export const userKeyOf = (user: string): string => createHash('sha256').update(user).digest('base64url').slice(0, 22);

/** The id of a Bayeux client: 28 letters and digits, 134 bits and more are random; the last two tell the partition. */
export const newClientId = (partition: number, partitions: number): string => {
  const tail = congruent(partition, partitions, 36 * 36);
  return (randomBase36(26) + BASE36.charAt(Math.floor(tail / 36)) + BASE36.charAt(tail % 36)).toLowerCase();
};

const CLIENT = /^[0-9a-z]{28}$/;

/** The partition in which a Bayeux client lives; undefined when the text is no id of ours. */
export const partitionOfClient = (clientId: string, partitions: number): number | undefined =>
  CLIENT.test(clientId) ? Number.parseInt(clientId.slice(26), 36) % partitions : undefined;
