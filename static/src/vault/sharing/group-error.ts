/** Why a change of a group makes no sense any more, or is not safe. */

/** Stable, for tests and for those who switch on it. */
export type GroupErrorCode = "doubtful" | "not-allowed" | "not-there" | "not-a-contact" | "owner-stays" | "other-keys" | "unreadable-key";

const SENTENCES: Readonly<Record<GroupErrorCode, string>> = {
  "doubtful": "The service says something about this group that its members did not. Nothing is changed until both say the same.",
  "not-allowed": "Your role in this group does not allow this any more. Ask its owner or a manager.",
  "not-there": "They are not in this group any more. Nothing was changed.",
  "not-a-contact": "Only people you know can be added. Invite this person first.",
  "owner-stays": "A group has one owner. Hand it over to somebody else first.",
  "other-keys": "The keys of somebody in this group are not the ones you know. Remove them first, or check with them by another way.",
  "unreadable-key": "A key that belongs to this group cannot be read. Nothing was changed.",
};

export class GroupError extends Error {
  override readonly name = "GroupError";

  constructor(readonly code: GroupErrorCode) {
    super(SENTENCES[code]);
  }
}
