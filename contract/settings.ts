/**
 * A setting is declared once; the form, the check, the reference table and the JSON Schema are made from it.
 */
export interface LocalText {
  en: string;
  zh: string;
}

interface FieldBase<K extends string> {
  kind: K;
  title: LocalText;
  /** What it does and when to change it, for the person at the form. */
  help?: LocalText;
  required?: boolean;
  /** Shown only under "more". */
  advanced?: boolean;
}

export type SettingField =
  | (FieldBase<'text'> & { default?: string; placeholder?: string; pattern?: string })
  | (FieldBase<'secret'> & { default?: undefined })
  | (FieldBase<'number'> & { default?: number; min?: number; max?: number; integer?: boolean; unit?: string })
  | (FieldBase<'toggle'> & { default?: boolean })
  | (FieldBase<'choice'> & { default?: string; options: readonly { value: string; title: LocalText }[] })
  | (FieldBase<'pem'> & { default?: undefined });

export type SettingFields = { readonly [name: string]: SettingField };
export type SettingValue = string | number | boolean | undefined;
export type Settings = { readonly [name: string]: SettingValue };

/** What is wrong with one setting, in words for the person who set it. */
export interface SettingProblem {
  field: string;
  message: LocalText;
}
