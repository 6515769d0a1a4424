/** What is asked before a group changes in a way that cannot be taken back, and what is then done. */
import { deleteGroup, handOver, inherit, leaveGroup, removeMember, setRole, type GivenRole } from "../../vault/sharing/group-changes.ts";
import type { Circle, Group } from "../../vault/sharing/groups.ts";
import type { Member } from "../../vault/sharing/membership.ts";
import { confirmDialog } from "../shell/notices.ts";
import { t } from "../text.ts";
import { memberName, nameWithin } from "./group-words.ts";

/** Something to do, and what is said once it is done. */
export interface GroupAct {
  readonly run: () => Promise<void>;
  readonly done: string;
}

export function giveRole(circle: Circle, { id }: Group, member: Member, role: GivenRole): GroupAct {
  const name = memberName(member);
  const done = role === "manager" ? t("{name} manages the group now.", { name }) : t("{name} is a member now.", { name });
  return { run: () => setRole(circle, id, member.accountId, role), done };
}

/** Null when the person thought better of it, as below. */
export async function askToRemove(circle: Circle, group: Group, member: Member): Promise<GroupAct | null> {
  const name = memberName(member);
  const goesOn = await confirmDialog({
    title: t("Remove {name} from {group}?", { name: nameWithin(member), group: group.name }),
    sentences: [
      t("They keep what they already saved. From now on they cannot open anything new."),
      t("Photos they added to albums of this group go with them."),
    ],
    confirm: t("Remove"),
    danger: true,
  });
  return goesOn ? { run: () => removeMember(circle, group.id, member.accountId), done: t("{name} is out, and the group has a new key.", { name }) } : null;
}

export async function askToHandOver(circle: Circle, group: Group, member: Member): Promise<GroupAct | null> {
  const name = memberName(member);
  const goesOn = await confirmDialog({
    title: t("Hand {group} over to {name}?", { name: nameWithin(member), group: group.name }),
    sentences: [t("Only they can then delete the group or hand it on. You stay in it as a manager."), t("You cannot take this back; they can.")],
    confirm: t("Hand over"),
    danger: true,
  });
  return goesOn ? { run: () => handOver(circle, group.id, member.accountId), done: t("{name} owns the group now.", { name }) } : null;
}

export function takeOver(circle: Circle, { id, name }: Group): GroupAct {
  return { run: () => inherit(circle, id), done: t("You own {group} now.", { group: name }) };
}

export async function askToLeave(circle: Circle, { id, name }: Group): Promise<GroupAct | null> {
  const goesOn = await confirmDialog({
    title: t("Leave {group}?", { group: name }),
    sentences: [
      t("You stop seeing what is shared with the group, and photos you added to its albums go with you."),
      t("Only its owner or a manager can let you in again. The others keep what they already saved."),
    ],
    confirm: t("Leave"),
    danger: true,
  });
  return goesOn ? { run: () => leaveGroup(circle, id), done: t("You left {group}.", { group: name }) } : null;
}

export async function askToDelete(circle: Circle, { id, name }: Group): Promise<GroupAct | null> {
  const goesOn = await confirmDialog({
    title: t("Delete {group}?", { group: name }),
    sentences: [
      t("It ends for everybody in it at once, with everything that is shared with it. Your photos stay yours."),
      t("They keep what they already saved. A deleted group does not come back."),
    ],
    confirm: t("Delete the group"),
    danger: true,
  });
  return goesOn ? { run: () => deleteGroup(circle, id), done: t("{group} is deleted.", { group: name }) } : null;
}
