/** Whether a part of a policy that is not judged here has any content: nothing, false and empty text, lists and objects have none. */
export const holdsSomething = (part: unknown): boolean => {
  if (part === null || part === undefined || part === false || part === '') return false;
  return typeof part !== 'object' || Object.keys(part).length > 0;
};
