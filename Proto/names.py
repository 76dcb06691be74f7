"""How proto names are written in Swift, and how protoc-c 1.4.1 writes them in C."""

SWIFT_KEYWORDS = set(
    "as associatedtype break case catch class continue default defer deinit do else enum extension fallthrough false "
    "fileprivate for func guard if import in init inout internal is let nil operator precedencegroup private protocol "
    "public repeat rethrows return self static struct subscript super switch throw throws true try typealias var where "
    "while".split())
# protoc-c appends "_" to these (its list, c_helpers.cc).
C_KEYWORDS = set(
    "and and_eq asm auto bitand bitor bool break case catch char class compl const const_cast continue default delete "
    "do double dynamic_cast else enum explicit extern false float for friend goto if inline int long mutable namespace "
    "new not not_eq operator or or_eq private protected public register reinterpret_cast return short signed sizeof "
    "static static_cast struct switch template this throw true try typedef typeid typename union unsigned using "
    "virtual void volatile wchar_t while xor xor_eq".split())


def lower_camel(name):
    head, *rest = name.lower().split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def swift_name(name):
    return f"`{name}`" if name in SWIFT_KEYWORDS else name


def c_type_part(part):
    """protoc-c's camel case: the letter after each underscore is raised."""
    return "".join(piece[:1].upper() + piece[1:] for piece in part.split("_"))


def c_lower_part(part):
    """protoc-c's snake case of a camel-case name: an underscore before each run of capitals."""
    out, was_upper = "", True
    for character in part:
        if character.isupper():
            out += ("" if was_upper else "_") + character.lower()
            was_upper = True
        else:
            out += character
            was_upper = False
    return out
