/** What a person may choose to happen to the metadata of a photo: the words alone, which need none of the code that does it. */
export type MetadataChoice = "remember" | "remove" | "keep";

export interface ChoiceWords {
  readonly choice: MetadataChoice;
  readonly label: string;
  readonly explanation: string;
}

/** The three choices in the order they are offered; the first is the default. @translated */
export const METADATA_CHOICES: readonly ChoiceWords[] = [
  {
    choice: "remember",
    label: "Clean the file, remember date and place",
    explanation:
      "We take the place, the time and the camera out of the file. Your timeline still knows them: they are kept beside the photo, encrypted, and only you can read them.",
  },
  {
    choice: "remove",
    label: "Remove everything",
    explanation: "We take the place, the time and the camera out of the file and keep no note of them. Nobody can bring them back, not even you.",
  },
  {
    choice: "keep",
    label: "Keep the file as it is",
    explanation: "The file is encrypted exactly as it came. Whoever gets the original from you also gets the place, the time and the camera.",
  },
];
