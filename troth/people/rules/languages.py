"""
The languages that an interpreter can be asked for: names of ISO 639, in English, with others that
people here go by, and sign languages. A closed list, so that nothing else about anybody can
come to stand where one is named. No database, no clock.
"""

import re

_NAMES = """
Acholi, Afar, Afrikaans, Akan, Albanian, Amharic, Arabic, Armenian, Assamese, Assyrian, Aymara, Azerbaijani, Balochi, Bambara,
Bashkir, Basque, Belarusian, Bemba, Bengali, Berber, Bhojpuri, Bosnian, Breton, Bulgarian, Burmese, Catalan, Cebuano, Chaldean,
Chechen, Chewa, Cornish, Corsican, Creole (Haitian), Creole (Mauritian), Croatian, Czech, Danish, Dari, Dinka, Dutch, Dzongkha,
English, Esperanto, Estonian, Ewe, Faroese, Farsi, Fijian, Filipino, Finnish, Flemish, French, Fula, Ga, Gaelic (Irish),
Gaelic (Scottish), Galician, Ganda, Georgian, German, Greek, Greenlandic, Guarani, Gujarati, Hakka, Hausa, Hawaiian, Hebrew,
Hindi, Hmong, Hungarian, Icelandic, Igbo, Ilocano, Indonesian, Inuktitut, Italian, Japanese, Javanese, Kannada, Kashmiri, Kazakh,
Khmer, Kikuyu, Kinyarwanda, Kirundi, Kongo, Konkani, Korean, Krio, Kurdish (Kurmanji), Kurdish (Sorani), Kyrgyz, Lao, Latvian,
Lingala, Lithuanian, Luo, Luxembourgish, Macedonian, Maithili, Malagasy, Malay, Malayalam, Maldivian, Maltese, Mandinka, Manx,
Maori, Marathi, Mirpuri, Moldovan, Mongolian, Montenegrin, Ndebele, Nepali, Norwegian, Nuer, Occitan, Odia, Oromo, Ossetian,
Papiamento, Pashto, Patois, Persian, Polish, Portuguese, Pothwari, Punjabi, Quechua, Rohingya, Romani, Romanian, Russian, Samoan,
Sango, Sanskrit, Sardinian, Serbian, Sesotho, Setswana, Shona, Sindhi, Sinhala, Slovak, Slovenian, Somali, Soninke, Spanish,
Sundanese, Susu, Swahili, Swati, Swedish, Sylheti, Tagalog, Tajik, Tamil, Tatar, Telugu, Temne, Tetum, Thai, Tibetan,
Tigre, Tigrinya, Tongan, Tsonga, Turkish, Turkmen, Twi, Ukrainian, Urdu, Uyghur, Uzbek, Venda, Vietnamese, Welsh, Wolof,
Chinese (Cantonese), Chinese (Hokkien), Chinese (Mandarin), Xhosa, Yiddish, Yoruba, Zulu,
British Sign Language, Irish Sign Language, American Sign Language
"""
LANGUAGES = tuple(sorted(" ".join(each.split()) for each in _NAMES.split(",")))
_OTHERS = {
    "bsl": "British Sign Language",
    "isl": "Irish Sign Language",
    "asl": "American Sign Language",
    "bangla": "Bengali",
    "castilian": "Spanish",
    "panjabi": "Punjabi",
    "pushto": "Pashto",
    "singhalese": "Sinhala",
}


def find_language(given: str) -> str:
    """The name of the list that is meant, or "": however it is put, `Sorani Kurdish` and `kurdish, sorani` are one."""
    return _KNOWN.get(_words_of(given), "")


def _words_of(name: str) -> frozenset[str]:
    # Whatever is no letter parts words, except within one: a name with figures or dots in it matches none.
    return frozenset(re.split(r"[\s(),/-]+", name.casefold().strip(" (),/-")))


_KNOWN = {_words_of(name): name for name in LANGUAGES}
# What stands in brackets is a name by itself too, as Mandarin is; only what is said of several does not tell which.
_KNOWN |= {_words_of(name.partition("(")[2]): name for name in LANGUAGES if "(" in name}
_KNOWN |= {_words_of(other): name for other, name in _OTHERS.items()}
