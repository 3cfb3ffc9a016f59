const BLOCK = /(<!-- settings:begin -->\n)[\s\S]*?(\n?<!-- settings:end -->)/;

/** The page with the table between its two marks replaced; undefined when it has no marks. */
export const replaceSettings = (page: string, table: string): string | undefined =>
  BLOCK.test(page)
    ? page.replace(
        BLOCK,
        (_, begin: string, end: string) => `${begin}\n${table}\n${end.startsWith('\n') ? end : `\n${end}`}`,
      )
    : undefined;
