import type { LogicEffect, NeedStage, Skills } from '@app/domain';
import { Failure, kindOf } from './failure.js';

/** Thirty days; a service seldom lives longer. */
const AFTER_MAX_S = 2_592_000;
const STAGES_MAX = 16;
const SKILLS_MAX = 16;
const TEXT_MAX = 2_000;

const STATUS = /^[A-Za-z0-9_-]{1,64}$/;
/** The name of a file without folders, nothing hidden; or an absolute URL. */
const DIALOG = /^([A-Za-z0-9_-][A-Za-z0-9._-]{0,127}|https?:\/\/[^\s"'<>\\]{1,2000})$/;
const DEADLINE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const SKILL = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;

/** Reads the params of one action, and in the end refuses what nobody asked for. */
class Params {
  private readonly asked = new Set<string>();

  constructor(
    /** Of the action. */
    private readonly name: string,
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly path = name,
  ) {}

  static of(name: string, params: unknown, path = name): Params {
    return new Params(name, mapping(path, params ?? {}), path);
  }

  take(key: string): unknown {
    this.asked.add(key);
    return this.values[key] ?? undefined;
  }

  matching(key: string, pattern: RegExp, expected: string): string {
    const value = this.take(key);
    return typeof value === 'string' && pattern.test(value) ? value : this.refuse(key, expected, value);
  }

  /** Names that every object has already would be found where nothing was set. */
  deadline(key: string): string {
    const name = this.matching(key, DEADLINE, 'a letter, then at most 63 letters, digits, dashes or underscores');
    return name in {} ? this.refuse(key, 'another name', name) : name;
  }

  text(key: string): string {
    const value = this.take(key);
    if (typeof value === 'string' && value !== '' && value.length <= TEXT_MAX) return value;
    return this.refuse(key, `a text of 1 to ${TEXT_MAX} characters`, value);
  }

  whole(key: string, [min, max]: readonly [number, number], what: string, standard?: number): number {
    const value = this.take(key) ?? standard;
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    return this.refuse(key, `${what} from ${min} to ${max}`, value);
  }

  skills(key: string): Skills {
    const skills = mapping(`${this.path}: ${key}`, this.take(key) ?? {});
    const levels = new Params(this.name, skills, `${this.path}: ${key}`);
    const names = Object.keys(skills);
    if (names.length > SKILLS_MAX) this.refuse(key, `at most ${SKILLS_MAX} skills`, skills);
    for (const name of names) {
      if (!SKILL.test(name)) this.refuse(key, 'names of 1 to 64 letters, digits, dots, dashes or underscores', name);
    }
    return Object.fromEntries(names.map((name) => [name, levels.whole(name, [1, 100], 'a level')]));
  }

  stages(key: string): readonly NeedStage[] | undefined {
    const list = this.take(key);
    if (list === undefined) return undefined;
    if (!Array.isArray(list) || list.length === 0 || list.length > STAGES_MAX) {
      return this.refuse(key, `a list of 1 to ${STAGES_MAX} stages`, list);
    }
    let beforeS = -1;
    return list.map((stage: unknown, index) => {
      const each = Params.of(this.name, stage, `${this.path}: ${key}[${index}]`);
      const afterS = each.whole('afterS', [0, AFTER_MAX_S], 'whole seconds', index === 0 ? 0 : undefined);
      if (index === 0 && afterS !== 0) each.refuse('afterS', '0 in the first stage', afterS);
      if (afterS <= beforeS) each.refuse('afterS', 'more than in the stage before', afterS);
      beforeS = afterS;
      const skills = each.skills('skills');
      each.done();
      return { afterS, skills };
    });
  }

  done(): void {
    const unknown = Object.keys(this.values).find((key) => !this.asked.has(key));
    if (unknown === undefined) return;
    const expected = this.asked.size === 0 ? 'no params' : `only ${[...this.asked].join(', ')}`;
    throw new Failure('nonsense', `${this.path}: expected ${expected}, got one more`, [unknown, this.name]);
  }

  refuse(key: string, expected: string, got: unknown): never {
    throw new Failure('nonsense', `${this.path}: ${key}: expected ${expected}, got ${kindOf(got)}`, [key, this.name]);
  }
}

const mapping = (path: string, value: unknown): Readonly<Record<string, unknown>> => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Failure('nonsense', `${path}: expected an object, got ${kindOf(value)}`);
};

const READERS: Readonly<Record<LogicEffect['type'], (params: Params) => LogicEffect>> = {
  setStatus: (params) => {
    const status = params.matching('status', STATUS, '1 to 64 letters, digits, dashes or underscores');
    const dialog =
      params.take('dialog') === undefined
        ? undefined
        : params.matching('dialog', DIALOG, 'the name of a file in dialogs, or an absolute URL');
    return { type: 'setStatus', status, ...(dialog === undefined ? {} : { dialog }) };
  },
  setDeadline: (params) => ({
    type: 'setDeadline',
    name: params.deadline('name'),
    afterS: params.whole('afterS', [1, AFTER_MAX_S], 'whole seconds'),
  }),
  clearDeadline: (params) => ({ type: 'clearDeadline', name: params.deadline('name') }),
  route: (params) => {
    const skills = params.take('skills');
    const stages = params.stages('stages');
    if (skills !== undefined && stages !== undefined) params.refuse('skills', 'none beside stages', skills);
    return {
      type: 'route',
      stages: stages ?? [{ afterS: 0, skills: params.skills('skills') }],
      priority: params.whole('priority', [-100, 100], 'a whole number', 0),
    };
  },
  cancelRoute: () => ({ type: 'cancelRoute' }),
  push: (params) => ({ type: 'push', text: params.text('text') }),
  poke: (params) => ({ type: 'poke', ...(params.take('text') === undefined ? {} : { text: params.text('text') }) }),
};

/** What a logic may have done, by name. */
export const EFFECT_NAMES = Object.keys(READERS) as readonly LogicEffect['type'][];

export const isEffectName = (name: string): name is LogicEffect['type'] => Object.hasOwn(READERS, name);

/**
 * Reads an action that a machine came to, with its params.
 * @throws Failure nonsense, naming the action and what was expected
 */
export const readEffect = (name: string, params: unknown): LogicEffect => {
  if (!isEffectName(name)) throw unknownAction(name);
  const fields = Params.of(name, params);
  const effect = READERS[name](fields);
  fields.done();
  return effect;
};

export const unknownAction = (name: string): Failure =>
  new Failure(
    'nonsense',
    `action ${/^[\w.()-]{1,64}$/.test(name) ? name : 'of an odd name'}: expected one of ${EFFECT_NAMES.join(', ')}, or assign, raise and enqueueActions of the toolkit`,
    [name],
  );
