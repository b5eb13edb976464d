namespace IoTCentral.Web.Api;

/// <summary>Every call names the version of IoT Central's API it was written for; all known ones get the same answers.</summary>
internal sealed class ApiVersion : IEndpointFilter
{
    private static readonly HashSet<string> Known =
    [
        "1.0",
        "1.1-preview",
        "1.2-preview",
        "2022-05-31",
        "2022-06-30-preview",
        "2022-07-31",
        "2022-10-31-preview",
    ];

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var version = http.Request.Query["api-version"].ToString();
        if (Known.Contains(version))
            return await next(context);
        var isMissing = version.Length == 0;
        await ApiErrors.WriteAsync(
            http,
            StatusCodes.Status400BadRequest,
            $"{(isMissing ? "The query parameter api-version is missing" : $"There is no api-version '{version}'")}; "
                + $"use one of {string.Join(", ", Known)}.",
            code: isMissing ? "MissingApiVersionParameter" : "UnsupportedApiVersionValue"
        );
        return Results.Empty;
    }
}
