/** Two letters that stand for somebody of whom only an address is known. */
export function initials(email: string): string {
  const [first = "", second = ""] = email.split("@", 1)[0]?.split(/[._+-]+/).filter((part) => part !== "") ?? [];
  const letters = second === "" ? [...first].slice(0, 2).join("") : ([...first][0] ?? "") + ([...second][0] ?? "");
  return letters.toUpperCase();
}
