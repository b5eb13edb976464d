using System.Globalization;
using System.Text;
using IoTCentral.Core.Telemetry;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Spoilt requests of devices by HTTPS, without a network: each is refused with words or does what it says.</summary>
internal sealed class Requests(World world, Random random)
{
    private static readonly string[] Batches =
    [
        """[{"body":"eyJhIjoxfQ==","properties":{"iothub-app-k":"v"}},{"body":"{\"b\":2}","base64Encoded":false}]""",
        """[{"body":null}]""",
        """[{"body":"{}","base64Encoded":false,"properties":null}]""",
        """[{"body":null,"base64Encoded":false}]""",
        """[{"body":"****"}]""",
        """[{"body":"e30=","properties":{"a":null,"b":1}}]""",
        """[{"body":"e30=","properties":{"iothub-app-\ud800":"\udfff"}}]""",
        """[{"body":"e30=","properties":{"":""}},{"body":"","properties":{"dt-subject":"\u0000"}}]""",
        """[1,[],{}]""",
        """{"body":"e30="}""",
        "[]",
        "null",
    ];

    private static readonly string[] Headers =
    [
        "iothub-app-k",
        "iothub-messageid",
        "iothub-correlationid",
        "iothub-contenttype",
        "iothub-creation-time-utc",
        "dt-subject",
        "iothub-app-",
        "iothub-app-ä",
    ];

    /// <exception cref="FuzzFailure">It was answered with what is no answer, or something is wrong afterwards.</exception>
    public async Task RunAsync()
    {
        var who = random.Next(2) == 0 ? world.First : world.Second;
        var context = New(who);
        world.Log.TakeAll();
        await world.Http.AnswerAsync(context).WaitAsync(TimeSpan.FromSeconds(15));
        var status = context.Response.StatusCode;
        var path = $"{context.Request.Method} {context.Request.Path}";
        if (world.Complaints.Take() is { } complaint)
            throw new FuzzFailure($"{path} made the hub log: {complaint} {Show(context)}");
        if (status is not (200 or 202 or 204 or (>= 400 and < 500)))
            throw new FuzzFailure($"{path} was answered with {status}: {Show(context)}");
        var stored = world.Log.TakeAll();
        if (stored.FirstOrDefault(m => m.DeviceId != who.Id) is { } foreign)
            throw new FuzzFailure($"{path} stored a message of {foreign.DeviceId}: {Show(context)}");
        if (IsTelemetry(context) && status == 204 && stored.Count == 0)
            throw new FuzzFailure($"{path} was acknowledged and nothing is stored: {Show(context)}");
        world.Stores.EmptyQueues();
    }

    private DefaultHttpContext New(Speaker who)
    {
        var context = new DefaultHttpContext { RequestServices = world.Services };
        var (method, path, body) = Make(who);
        context.Connection.RemoteIpAddress = world.NextAddress();
        context.Connection.LocalIpAddress = System.Net.IPAddress.Loopback;
        context.Request.Method = random.Next(20) == 0 ? Recordings.Any(random, "PUT", "PATCH", "HEAD", "") : method;
        context.Request.Host = new HostString("hub.example.com");
        // as the server hands it on: decoded, and never with U+0000
        path = random.Next(3) == 0 ? Spoil(path).Replace("\0", "", StringComparison.Ordinal) : path;
        context.Request.Path = new PathString("/" + path);
        context.Request.Headers.Authorization = random.Next(8) switch
        {
            0 => Spoil(who.Hub.Password),
            1 => "",
            _ => path.Contains("registrations", StringComparison.Ordinal) ? who.Dps.Password : who.Hub.Password,
        };
        if (random.Next(2) == 0)
            context.Request.ContentType = "application/vnd.microsoft.iothub.json";
        for (var n = random.Next(3); n > 0; n--)
            context.Request.Headers[Recordings.Any(random, Headers)] = Spoil("2026-11-23T05:00:10Z");
        var bytes = Encoding.UTF8.GetBytes(body);
        context.Request.Body = new MemoryStream(random.Next(3) == 0 ? Noisy(bytes) : bytes);
        context.Response.Body = new MemoryStream();
        return context;
    }

    private (string Method, string Path, string Body) Make(Speaker who)
    {
        var device = $"devices/{(random.Next(10) == 0 ? World.BystanderId : who.Id)}/messages";
        var number = random.Next(1000).ToString(CultureInfo.InvariantCulture);
        return random.Next(7) switch
        {
            0 => ("GET", $"{device}/deviceBound", ""),
            1 => ("DELETE", $"{device}/deviceBound/{number}", ""),
            2 => ("POST", $"{device}/deviceBound/{Guid.Empty}/abandon", ""),
            3 => ("PUT", $"{who.Scope}/registrations/{who.Id}/register", $$"""{"registrationId":"{{who.Id}}"}"""),
            4 => ("GET", $"{who.Scope}/registrations/{who.Id}/operations/{number}", ""),
            _ => ("POST", $"{device}/events", Recordings.Any(random, Batches)),
        };
    }

    private string Spoil(string text)
    {
        var at = random.Next(text.Length + 1);
        return random.Next(4) switch
        {
            0 => text[..at],
            1 => text.Insert(
                at,
                Recordings.Any(random, "%", "%00", "/", "..", "ä", "&", "=", "\0", "?", new string('x', 5000))
            ),
            2 => text.ToUpperInvariant(),
            _ => text,
        };
    }

    private byte[] Noisy(byte[] bytes)
    {
        if (bytes.Length > 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes[..random.Next(bytes.Length + 1)];
    }

    private static bool IsTelemetry(HttpContext context) =>
        context.Request.Path.Value!.EndsWith("/messages/events", StringComparison.Ordinal);

    private static string Show(HttpContext context) =>
        Encoding.UTF8.GetString(((MemoryStream)context.Request.Body).ToArray()) is { Length: > 500 } text
            ? text[..500]
            : Encoding.UTF8.GetString(((MemoryStream)context.Request.Body).ToArray());
}
