/** Starts `work` again and again, `lanes` at a time, until it was done `times` times or `isOver`. */
export async function inLanes(
  lanes: number,
  times: number,
  isOver: () => boolean,
  work: (index: number, lane: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (number: number): Promise<void> => {
    while (next < times && !isOver()) {
      next += 1;
      await work(next - 1, number);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
}
