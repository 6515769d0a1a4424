/** Where sealed upload plans lie: in the browser's database. */
import type { PlanShelf } from "../../transfer/plan.ts";
import type { Database } from "../../vault/library/database.ts";

export function planShelf(database: Database): PlanShelf {
  return {
    all: async () => {
      const ids = await database.getAllKeys("plans");
      const sealed = await Promise.all(ids.map((id) => database.get("plans", id)));
      return ids.flatMap((imageId, at) => {
        const bytes = sealed[at];
        return bytes === undefined ? [] : [{ imageId, sealed: bytes }];
      });
    },
    put: async (imageId, sealed) => void (await database.put("plans", sealed, imageId)),
    remove: (imageId) => database.delete("plans", imageId),
  };
}
