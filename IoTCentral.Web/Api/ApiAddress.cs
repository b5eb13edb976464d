namespace IoTCentral.Web.Api;

/// <summary>
/// Lets <c>/apps/{app}/api/…</c> mean <c>/api/…</c> of that application, so that one address per application works
/// without a host name of its own.
/// </summary>
internal static class ApiAddress
{
    private sealed record AddressedApplication(string Slug);

    /// <summary>The application that the address names; null: the token alone does.</summary>
    public static string? ApplicationInPath(this HttpContext context) =>
        context.Features.Get<AddressedApplication>()?.Slug;

    public static IApplicationBuilder UseApiAddress(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                if (Read(context.Request.Path.Value ?? "") is var (slug, length) && slug.Length > 0)
                {
                    var path = context.Request.Path.Value!;
                    context.Features.Set(new AddressedApplication(slug));
                    context.Request.PathBase = context.Request.PathBase.Add(path[..length]);
                    context.Request.Path = path[length..];
                }

                return next(context);
            }
        );

    /// <summary>Slug, and where <c>/api/</c> begins; an empty slug for every other address.</summary>
    private static (string Slug, int Length) Read(string path)
    {
        const string Before = "/apps/";
        const string After = "/api/";
        if (!path.StartsWith(Before, StringComparison.Ordinal))
            return ("", 0);
        var end = path.IndexOf('/', Before.Length);
        return end > Before.Length && path.AsSpan(end).StartsWith(After, StringComparison.Ordinal)
            ? (path[Before.Length..end], end)
            : ("", 0);
    }
}
