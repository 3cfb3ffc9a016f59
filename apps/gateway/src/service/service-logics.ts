/** The logics that new advanced services are started with. */
export interface ServiceLogics {
  /** The version in use, kept for as long as any service has it; undefined when there is none of this name. */
  current(name: string): { readonly hash: string } | undefined;
}
