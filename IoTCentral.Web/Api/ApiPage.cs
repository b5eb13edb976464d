using System.Buffers.Text;
using System.Globalization;
using System.Text;
using IoTCentral.Core.Common;
using Microsoft.AspNetCore.Http.Extensions;

namespace IoTCentral.Web.Api;

/// <summary>One page of a list, as IoT Central answers it.</summary>
/// <param name="NextLink">Address of the next page; absent on the last.</param>
internal sealed record ApiPage<T>(IReadOnlyList<T> Value, string? NextLink);

/// <summary>Which page of a list is asked for, in either of IoT Central's spellings (<c>$top</c>, <c>maxpagesize</c>).</summary>
/// <param name="After">Key the last page ended with; null: the first page.</param>
internal sealed record PageQuery(int Limit, string? After)
{
    private const int Default = 25;
    private const int Max = 100;
    private const string Token = "$skiptoken";

    /// <exception cref="InvalidRequestException">The size is no number from 1 to 100, or the token is not ours.</exception>
    public static ValueTask<PageQuery?> BindAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var size = query["maxpagesize"].Concat(query["$top"]).FirstOrDefault(v => !string.IsNullOrEmpty(v));
        return ValueTask.FromResult<PageQuery?>(new(Size(size), Key(query[Token])));
    }

    /// <summary>The page with a link to the one after it: the same address with another token.</summary>
    public static ApiPage<TOut> Answer<TIn, TOut>(HttpContext context, Page<TIn> page, Func<TIn, TOut> each)
    {
        string? link = null;
        if (page.Next is { } next)
        {
            var request = context.Request;
            var query = new QueryBuilder(
                request
                    .Query.Where(p => p.Key != Token)
                    .SelectMany(p => p.Value, (p, v) => KeyValuePair.Create(p.Key, v ?? ""))
            )
            {
                { Token, Base64Url.EncodeToString(Encoding.UTF8.GetBytes(next)) },
            };
            link = UriHelper.BuildAbsolute(
                request.Scheme,
                request.Host,
                request.PathBase,
                request.Path,
                query.ToQueryString()
            );
        }

        return new([.. page.Items.Select(each)], link);
    }

    private static int Size(string? text)
    {
        if (text is null)
            return Default;
        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= Max
        )
            return size;
        throw new ApiQueryException($"A page holds 1 to {Max} entries; maxpagesize (or $top) says '{text}'.");
    }

    private static string? Key(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return null;
        if (
            token.Length <= 2048
            && Base64Url.IsValid(token)
            && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)) is var key
            && !key.Contains('\0', StringComparison.Ordinal) // PostgreSQL takes none
        )
            return key;
        throw new ApiQueryException("The link to this page is damaged. Ask for the first page again.");
    }
}

/// <summary>A query parameter of the API is wrong: 400, where a wrong body is 422.</summary>
internal sealed class ApiQueryException(string message) : DomainException("api.query", message);
