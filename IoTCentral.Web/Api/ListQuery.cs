namespace IoTCentral.Web.Api;

/// <summary>The parameters of a list that both of IoT Central's spellings have, <c>filter</c> and <c>$filter</c>.</summary>
internal static class ListQuery
{
    /// <summary>Null: not given.</summary>
    public static string? Text(HttpContext context, string name)
    {
        var query = context.Request.Query;
        return query[name].Concat(query[$"${name}"]).FirstOrDefault(v => !string.IsNullOrWhiteSpace(v));
    }

    /// <summary>Which way the list goes by <c>displayName</c>, the only order there is; null: nothing is said.</summary>
    /// <exception cref="ApiQueryException">Another order is asked for.</exception>
    public static bool? IsDescending(HttpContext context) =>
        Text(context, "orderby")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
        {
            null => null,
            ["displayName"] or ["displayName", "asc"] => false,
            ["displayName", "desc"] => true,
            _ => throw new ApiQueryException("Lists are ordered by displayName, asc or desc."),
        };
}
