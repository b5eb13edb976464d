using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace IoTCentral.Core.Tenants;

/// <summary>Public ids of applications: what is legal, and a good one for a name.</summary>
public static partial class Slug
{
    private const int MaxLength = 48;

    // addresses of pages that stand where a slug would: /apps/new
    private static readonly string[] Reserved = ["new"];

    public static bool IsLegal(string slug) => Legal().IsMatch(slug) && !Reserved.Contains(slug);

    /// <summary>"Fresh Foods – North" → <c>fresh-foods-north</c>; <c>app</c> when nothing usable is left.</summary>
    public static string From(string name)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormD))
        {
            if (char.IsAsciiLetterOrDigit(c))
                slug.Append(char.ToLowerInvariant(c));
            else if (
                CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark
                && slug.Length > 0
                && slug[^1] != '-'
            )
                slug.Append('-');
            if (slug.Length == MaxLength - 8)
                break; // room for a number behind it
        }

        var text = slug.ToString().Trim('-');
        return IsLegal(text) ? text : $"app-{text}".TrimEnd('-');
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,46}[a-z0-9]$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Legal();
}

/// <summary>ID scopes: what devices say to find their application when they register.</summary>
public static partial class IdScope
{
    public static bool IsLegal(string idScope) => Legal().IsMatch(idScope);

    /// <summary>A new one that looks as devices are used to: <c>0ne</c> and eight upper-case hex digits.</summary>
    public static string New() => "0ne" + RandomNumberGenerator.GetHexString(8);

    [GeneratedRegex("^[A-Za-z0-9]{4,32}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Legal();
}
