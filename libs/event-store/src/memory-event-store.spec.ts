import { describeEventStore } from '../../../test/contract/event-store.contract.js';
import { MemoryEventStore } from './memory-event-store.js';

describeEventStore('MemoryEventStore', () => new MemoryEventStore());
