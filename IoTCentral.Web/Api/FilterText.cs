using System.Globalization;
using System.Text;
using IoTCentral.Core.Common;

namespace IoTCentral.Web.Api;

/// <summary>The fields that a filter of one list may name.</summary>
/// <param name="Names">By the names the API gives them.</param>
/// <param name="Searched">Those in which a text can be looked for.</param>
/// <param name="Flags">Those that are true or false; the others are text.</param>
internal sealed record FilterFields<TField>(
    IReadOnlyDictionary<string, TField> Names,
    IReadOnlyCollection<TField> Searched,
    IReadOnlyCollection<TField> Flags
)
    where TField : struct, Enum
{
    public string List(IEnumerable<TField> fields) =>
        string.Join(", ", fields.Select(f => Names.First(n => n.Value.Equals(f)).Key));
}

internal static class FilterText
{
    /// <exception cref="ApiQueryException">It cannot be read; the message says where.</exception>
    public static FieldCondition<TField> Parse<TField>(string text, FilterFields<TField> fields)
        where TField : struct, Enum => FilterReader<TField>.Parse(text, fields);
}

/// <summary>
/// Reads IoT Central's filter: <c>displayName eq 'a' and (enabled ne false or indexof(id,'x') ge 0)</c>; also
/// <c>contains(displayName,'x')</c>, which its documentation shows. <c>and</c> binds closer than <c>or</c>.
/// </summary>
internal sealed class FilterReader<TField>
    where TField : struct, Enum
{
    // beyond this nobody types a filter, and reading is recursive
    private const int MaxLength = 1000;
    private const int MaxDepth = 20;

    private readonly FilterFields<TField> _fields;
    private readonly List<string> _tokens;
    private int _next;

    private FilterReader(FilterFields<TField> fields, List<string> tokens)
    {
        _fields = fields;
        _tokens = tokens;
    }

    public static FieldCondition<TField> Parse(string text, FilterFields<TField> fields)
    {
        if (text.Length > MaxLength)
            throw new ApiQueryException($"A filter has at most {MaxLength} characters.");
        var reader = new FilterReader<TField>(fields, Tokens(text));
        var condition = reader.Or(0);
        return reader._next == reader._tokens.Count ? condition : throw reader.Unexpected("and, or");
    }

    private FieldCondition<TField> Or(int depth)
    {
        var left = And(depth);
        while (Take("or"))
            left = new FieldCondition<TField>.Any(left, And(depth));
        return left;
    }

    private FieldCondition<TField> And(int depth)
    {
        var left = Term(depth);
        while (Take("and"))
            left = new FieldCondition<TField>.Both(left, Term(depth));
        return left;
    }

    private FieldCondition<TField> Term(int depth)
    {
        if (depth > MaxDepth)
            throw new ApiQueryException($"A filter is at most {MaxDepth} parentheses deep.");
        if (Take("("))
        {
            var inner = Or(depth + 1);
            Expect(")");
            return inner;
        }

        if (Take("contains"))
        {
            var (field, part) = Arguments();
            return new FieldCondition<TField>.IndexOf(field, part, Comparison.GreaterOrEqual, 0);
        }

        if (Take("indexof"))
        {
            var (field, part) = Arguments();
            return new FieldCondition<TField>.IndexOf(field, part, Operator(), Number());
        }

        var compared = Field();
        return new FieldCondition<TField>.Compare(compared, Operator(), Value(compared));
    }

    private (TField Field, string Part) Arguments()
    {
        Expect("(");
        var field = Field();
        if (!_fields.Searched.Contains(field))
            throw new ApiQueryException($"A text can be searched for in these only: {_fields.List(_fields.Searched)}.");
        Expect(",");
        var part = Text();
        Expect(")");
        return (field, part);
    }

    private TField Field() =>
        _fields.Names.TryGetValue(Next(), out var field)
            ? field
            : throw Unexpected(string.Join(", ", _fields.Names.Keys), back: 1);

    private Comparison Operator() =>
        Next() switch
        {
            "eq" => Comparison.Equal,
            "ne" => Comparison.NotEqual,
            "lt" => Comparison.Less,
            "le" => Comparison.LessOrEqual,
            "gt" => Comparison.Greater,
            "ge" => Comparison.GreaterOrEqual,
            _ => throw Unexpected("eq, ne, lt, le, gt, ge", back: 1),
        };

    private object? Value(TField field)
    {
        if (!_fields.Flags.Contains(field))
            return Take("null") ? null : Text();
        return Next() switch
        {
            "true" => true,
            "false" => false,
            _ => throw Unexpected("true, false", back: 1),
        };
    }

    private string Text() =>
        Next() is ['\'' or '"', .. var inner, '\'' or '"'] ? inner : throw Unexpected("a text in quotes", back: 1);

    private int Number() =>
        int.TryParse(Next(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Unexpected("a number", back: 1);

    private string Next() => _next < _tokens.Count ? _tokens[_next++] : throw Unexpected("more");

    private bool Take(string token)
    {
        if (_next >= _tokens.Count || _tokens[_next] != token)
            return false;
        _next++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token))
            throw Unexpected(token);
    }

    private ApiQueryException Unexpected(string wanted, int back = 0)
    {
        var at = _next - back;
        var found = at < _tokens.Count ? $"'{_tokens[at]}'" : "its end";
        return new($"The filter cannot be read at {found}: expected {wanted}.");
    }

    private static List<string> Tokens(string text)
    {
        var tokens = new List<string>();
        for (var i = 0; i < text.Length; )
        {
            if (char.IsWhiteSpace(text[i]))
                i++;
            else if (text[i] is '(' or ')' or ',')
                tokens.Add(text[i++].ToString());
            else if (text[i] is '\'' or '"')
                tokens.Add(Quoted(text, ref i));
            else
                tokens.Add(Word(text, ref i));
        }

        return tokens;
    }

    private static string Word(string text, ref int i)
    {
        var start = i;
        while (i < text.Length && !char.IsWhiteSpace(text[i]) && text[i] is not ('(' or ')' or ',' or '\'' or '"'))
            i++;
        return text[start..i];
    }

    /// <summary>With its quotes, so that it is not taken for a word; a doubled quote inside stands for one.</summary>
    private static string Quoted(string text, ref int i)
    {
        var quote = text[i++];
        var inner = new StringBuilder().Append(quote);
        while (i < text.Length)
        {
            if (text[i] != quote)
            {
                inner.Append(text[i++]);
            }
            else if (i + 1 < text.Length && text[i + 1] == quote)
            {
                inner.Append(quote);
                i += 2;
            }
            else
            {
                i++;
                return inner.Append(quote).ToString();
            }
        }

        throw new ApiQueryException("A text in the filter lacks its closing quote.");
    }
}
