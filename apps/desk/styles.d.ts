/** The build takes style sheets that a page imports. */
declare module '*.css';
