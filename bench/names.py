"""
UK names by about how common they are, for `finding`: people in a thousand. The tail is made up from ordinary beginnings and
endings, so that three letters gather as many people as they do in a telephone book.
"""

import random

SURNAMES = {
    "Smith": 11.9, "Jones": 8.9, "Williams": 6.1, "Taylor": 6.0, "Brown": 6.0, "Davies": 4.9, "Evans": 4.0, "Wilson": 4.2, "Thomas": 3.7,
    "Johnson": 3.8, "Roberts": 3.6, "Robinson": 3.3, "Thompson": 3.3, "Wright": 3.2, "Walker": 3.2, "White": 3.2, "Edwards": 3.0,
    "Hughes": 3.0, "Green": 2.9, "Hall": 2.9, "Lewis": 2.8, "Harris": 2.8, "Clarke": 2.7, "Patel": 2.7, "Jackson": 2.7, "Wood": 2.6,
    "Turner": 2.6, "Martin": 2.6, "Cooper": 2.5, "Hill": 2.5, "Ward": 2.4, "Morris": 2.3, "Moore": 2.3, "Clark": 2.3, "Lee": 2.3,
    "King": 2.3, "Baker": 2.2, "Harrison": 2.2, "Morgan": 2.2, "Allen": 2.1, "James": 2.1, "Scott": 2.1, "Phillips": 2.1, "Watson": 2.0,
    "Davis": 2.0, "Parker": 1.9, "Price": 1.9, "Bennett": 1.9, "Young": 1.9, "Griffiths": 1.8, "Mitchell": 1.8, "Kelly": 1.8, "Cook": 1.8,
    "Carter": 1.8, "Richardson": 1.8, "Bailey": 1.7, "Collins": 1.7, "Bell": 1.7, "Shaw": 1.7, "Murphy": 1.7, "Miller": 1.6, "Cox": 1.6,
    "Richards": 1.6, "Khan": 1.6, "Marshall": 1.6, "Anderson": 1.6, "Simpson": 1.5, "Ellis": 1.5, "Adams": 1.5, "Singh": 1.5, "Begum": 1.4,
    "Wilkinson": 1.4, "Foster": 1.4, "Chapman": 1.4, "Powell": 1.4, "Webb": 1.4, "Rogers": 1.4, "Gray": 1.4, "Mason": 1.4, "Ali": 1.4,
    "Hunt": 1.3, "Hussain": 1.3, "Campbell": 1.3, "Matthews": 1.3, "Owen": 1.3, "Palmer": 1.3, "Holmes": 1.3, "Mills": 1.3, "Barnes": 1.3,
    "Knight": 1.3, "Lloyd": 1.3, "Butler": 1.3, "Russell": 1.2, "Barker": 1.2, "Fisher": 1.2, "Stevens": 1.2, "Jenkins": 1.2, "Murray": 1.2,
    "Dixon": 1.2, "Harvey": 1.2,
}

GIVEN = {
    "David": 27, "John": 26, "Paul": 19, "Michael": 19, "James": 19, "Andrew": 17, "Susan": 14, "Margaret": 14, "Sarah": 14, "Peter": 14,
    "Robert": 14, "Mark": 13, "Stephen": 13, "Christine": 8, "Karen": 8, "Mary": 10, "Elizabeth": 9, "Patricia": 9, "Richard": 11,
    "Christopher": 11, "Thomas": 11, "William": 11, "Daniel": 10, "Matthew": 9, "Helen": 9, "Julie": 9, "Emma": 10, "Claire": 9, "Nicola": 8,
    "Jennifer": 8, "Amanda": 6, "Rebecca": 7, "Laura": 8, "Joanne": 7, "Lisa": 7, "Anne": 6, "Jane": 6, "Janet": 6, "Linda": 7, "Barbara": 6,
    "Charlotte": 6, "Jessica": 6, "Sophie": 6, "Hannah": 5, "Lucy": 5, "Olivia": 4, "Emily": 5, "Grace": 3, "Amelia": 3, "Isla": 2, "Ruth": 2,
    "George": 7, "Jack": 7, "Harry": 5, "Joseph": 6, "Samuel": 5, "Benjamin": 4, "Adam": 5, "Alexander": 4, "Simon": 6, "Ian": 7, "Kevin": 6,
    "Anthony": 7, "Philip": 5, "Graham": 4, "Alan": 6, "Keith": 4, "Brian": 4, "Martin": 5, "Neil": 4, "Gary": 5, "Jonathan": 5, "Mohammed": 8,
    "Ahmed": 2, "Fatima": 2, "Aisha": 2, "Priya": 1, "Ravi": 1, "Sanjay": 1, "Wei": 1, "Agnieszka": 1, "Piotr": 1, "Sian": 2, "Gareth": 3,
    "Eilidh": 1, "Fiona": 3, "Callum": 2, "Ryan": 4, "Liam": 3, "Oliver": 4, "Oscar": 1, "Noah": 2, "Freya": 1, "Zoe": 2, "Yusuf": 1,
}

_BEGINNINGS = (
    "Ab Ald All Arm Arn Ash Att Bain Ban Bar Bat Beck Ben Ber Birch Black Bla Bol Bos Bow Brad Bram Bran Bre Brig Broo Buck Bur Byr Cald Cam "
    "Can Car Cas Chad Chat Che Chil Cla Cli Cob Col Con Cor Cot Cra Cre Cros Cul Cun Dal Dan Dar Daw Den Der Dev Din Dob Don Dor Dra Dub Dun "
    "Dur East Eck Edg Ell Els Em Ever Fair Far Fen Fer Fin Fitz Flem Fle For Fra Ful Gal Gar Gib Gil Glen God Gold Gor Gra Gre Gri Gun Had "
    "Hai Hal Ham Han Har Has Hat Haw Hay Haz Hen Her Hes Hig Hin Hob Hod Hol Hop Hor Hou How Hud Hum Hut Ing Ire Jar Jef Jen Joh Kav Kee Kem "
    "Ken Ker Kir Lac Lam Lan Lat Law Lea Led Lin Lock Long Low Lum Lyn Mac Mal Man Mar May Med Mel Mer Mid Mil Mon Mor Mul Mun Nai Nel New "
    "Nic Nor Nut Oak Oli Orm Osb Pag Par Pat Pea Pem Pen Per Pic Pil Pol Por Pres Pri Pur Rad Ram Ran Raw Ray Red Ree Rid Rip Rob Roe Ros "
    "Row Rus Rut Sal Sam San Sau Sax Sco Sel Sew Sha She Shi Sim Sin Ske Sla Smi Sor Spe Sta Ste Sto Str Sul Sut Swa Tat Tem Ten Thor Til "
    "Tin Tom Tow Tra Tre Tru Tuc Tyr Und Up Van Vau Vic Wad Wai Wal War Wat Way Wea Wel Wes Whi Wic Wil Win Wol Woo Wor Wra Yar Yat Yor"
).split()
_ENDINGS = (
    "ton ley son field ford worth wood man ham by well land bury hurst stone ing ridge bridge more ward ner ter rick ell et ock er den don "
    "low kin kins cott gate head house lock mond ney port rell ridge set shaw side smith stead tham thorpe wick win y"
).split()


def tail_surname(dice: random.Random) -> str:
    """One of the many surnames that few people have."""
    # Beginnings are not equally common: some letters fill a third of a telephone book.
    beginning = _BEGINNINGS[min(int(dice.random() ** 1.15 * len(_BEGINNINGS)), len(_BEGINNINGS) - 1)]
    return beginning + dice.choice(_ENDINGS)
