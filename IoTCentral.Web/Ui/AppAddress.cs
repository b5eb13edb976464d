namespace IoTCentral.Web.Ui;

/// <summary>Addresses inside an application: <c>/apps/{slug}/…</c>.</summary>
public static class AppAddress
{
    public static string Of(string slug, string path) => $"/apps/{slug}/{path}".TrimEnd('/');

    /// <summary>Slug and the rest of an address relative to the base, or null outside an application.</summary>
    public static (string Slug, string Path)? Read(string relative)
    {
        var end = relative.AsSpan().IndexOfAny('?', '#');
        var parts = (end < 0 ? relative : relative[..end]).Trim('/').Split('/', 3);
        return parts is ["apps", { Length: > 0 } slug, ..]
            ? (Uri.UnescapeDataString(slug), parts.Length > 2 ? parts[2] : "")
            : null;
    }
}
