import { obey } from '../measure/conversation.js';
import { Fleet } from './fleet.js';
import type { DriverOrder } from './push-driver.js';

const fleets = new Map<string, Fleet>();

const fleetOf = (name: string): Fleet => {
  const fleet = fleets.get(name);
  if (fleet === undefined) throw new Error(`no clients of ${name} are connected`);
  return fleet;
};

obey(async (asked) => {
  const order = asked as DriverOrder;
  const { name } = order;
  switch (order.type) {
    case 'open':
      fleets.set(name, await Fleet.open(order.endpoint, order.users, order.creditPort));
      return;
    case 'add':
      return fleetOf(name).add(order.endpoint, order.from, order.to);
    case 'begin':
      fleetOf(name).begin();
      return;
    case 'finish':
      return fleetOf(name).finish(order.messages, order.limitMs);
    case 'answered':
      return fleetOf(name).answered;
    case 'close':
      fleetOf(name).close();
      fleets.delete(name);
  }
});
