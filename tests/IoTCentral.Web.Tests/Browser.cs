using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace IoTCentral.Web.Tests;

/// <summary>Asks pages and posts their forms as a browser would; keeps cookies, follows no redirect by itself.</summary>
public sealed class Browser(HttpMessageHandler server) : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpMessageInvoker _server = new(server);

    public static Uri Base { get; } = new("http://localhost/");

    public IEnumerable<Cookie> Cookies => _cookies.GetAllCookies();

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        request.RequestUri = new Uri(Base, request.RequestUri!);
        if (_cookies.GetCookieHeader(request.RequestUri) is { Length: > 0 } header)
            request.Headers.Add("Cookie", header);
        var response = await _server.SendAsync(request, ct);
        if (response.Headers.TryGetValues("Set-Cookie", out var set))
        {
            foreach (var cookie in set)
                _cookies.SetCookies(request.RequestUri, cookie);
        }

        return response;
    }

    /// <summary>Where a redirect on our own site leads; the whole address when it leaves it.</summary>
    public static string? PathOf(HttpResponseMessage response) =>
        response.Headers.Location is { } to && new Uri(Base, to) is var target && target.Authority == Base.Authority
            ? target.PathAndQuery
            : response.Headers.Location?.OriginalString;

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken ct) =>
        SendAsync(new(HttpMethod.Get, new Uri(path, UriKind.Relative)), ct);

    public async Task<IDocument> ReadAsync(string path, CancellationToken ct) =>
        await ReadAsync(await GetAsync(path, ct), ct);

    public static async Task<IDocument> ReadAsync(HttpResponseMessage response, CancellationToken ct) =>
        await new HtmlParser().ParseDocumentAsync(await response.Content.ReadAsStringAsync(ct), ct);

    /// <summary>Opens the page, fills in the form of this name and sends it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(
        string path,
        string form,
        Dictionary<string, string> fields,
        CancellationToken ct
    ) => await SendAsync(await PrepareAsync(path, form, fields, ct), ct);

    /// <summary>Opens the page and fills in the form of this name.</summary>
    public async Task<HttpRequestMessage> PrepareAsync(
        string path,
        string form,
        Dictionary<string, string> fields,
        CancellationToken ct
    )
    {
        var page = await ReadAsync(path, ct);
        var element = page.QuerySelectorAll("form")
            .FirstOrDefault(f => f.QuerySelector($"input[name=_handler][value={form}]") is not null);
        if (element is null)
            throw new InvalidOperationException($"No form {form} in {page.QuerySelector("main")?.InnerHtml}");
        var all = element
            .QuerySelectorAll("input[type=hidden]")
            .ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value") ?? "");
        foreach (var (name, value) in fields)
            all[name] = value;
        return new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = new FormUrlEncodedContent(all),
        };
    }

    public void Dispose() => _server.Dispose();
}
