import { Component, type ComponentChildren, type FunctionComponent } from 'preact';

const isSame = (a: object, b: object): boolean => {
  const [keysA, keysB] = [Object.keys(a), Object.keys(b)];
  const [recordA, recordB] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return keysA.length === keysB.length && keysA.every((key) => Object.is(recordA[key], recordB[key]));
};

/** Draws again only when one of its properties is another: with many chats most of the page stays as it is. */
export const memo = <Props extends object>(Inner: FunctionComponent<Props>) =>
  class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return !isSame(this.props, next);
    }

    override render(): ComponentChildren {
      return <Inner {...this.props} />;
    }
  };
