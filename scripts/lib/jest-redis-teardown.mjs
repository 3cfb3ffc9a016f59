export default async function stopSharedRedis() {
  await globalThis.sharedTestRedis?.stop();
}
