using System.Diagnostics;
using System.Net;
using System.Text;

namespace IoTCentral.Bench.Devices;

/// <summary>The REST API with a token of each application.</summary>
internal sealed class BenchApi(HttpClient http, IReadOnlyList<string> tokens) : IDisposable
{
    public static async Task<BenchApi> OpenAsync(Server server, int applications, CancellationToken ct)
    {
        var tokens = new List<string>();
        for (var i = 0; i < applications; i++)
            tokens.Add(await server.TokenAsync($"bench-{i}", ct));
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1_000 };
        return new(new HttpClient(handler) { BaseAddress = new Uri(server.Ready.Web) }, tokens);
    }

    /// <summary>How long it took.</summary>
    public Task<TimeSpan> PostAsync(int number, string what, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, number, what, "{}", HttpStatusCode.Created, ct);

    public Task WishAsync(int number, int value, CancellationToken ct) =>
        SendAsync(HttpMethod.Patch, number, "properties", $$"""{"interval":{{value}}}""", HttpStatusCode.Accepted, ct);

    private async Task<TimeSpan> SendAsync(
        HttpMethod method,
        int number,
        string what,
        string body,
        HttpStatusCode expected,
        CancellationToken ct
    )
    {
        var path = $"/api/devices/{Fleet.DeviceIdOf(number)}/{what}?api-version=2022-07-31";
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Authorization", tokens[number % tokens.Count]);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var watch = Stopwatch.StartNew();
        using var answer = await http.SendAsync(request, ct);
        return answer.StatusCode == expected
            ? watch.Elapsed
            : throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
    }

    public void Dispose() => http.Dispose();
}
