/** Whether this service shows photos to everyone at all: it may have no place of its own for them. */

/** What the page came with; what is off stays out of sight. */
export function hasProfiles(): boolean {
  return document.querySelector("#shell[data-profiles]") !== null;
}
