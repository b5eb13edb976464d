using System.Text;
using CsvHelper;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Export;

namespace IoTCentral.Core.Tests.Telemetry.Export;

public sealed class MessageCsvTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, 125, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_a_row_with_all_that_came()
    {
        var message = Message("""{"t": 21.5, "note": "a, \"b\""}""") with
        {
            Component = "pump",
            Properties = """{"$.ct":"application/json"}"""u8.ToArray(),
            Flags = MessageFlags.ClockAhead,
        };

        var row = Assert.Single(await RowsAsync(message));

        Assert.Equal("2026-07-01T12:00:00.125Z", row["time"]);
        Assert.Equal("2026-07-01T12:00:01.125Z", row["received"]);
        Assert.Equal("pump", row["component"]);
        Assert.Equal("ClockAhead", row["flags"]);
        Assert.Equal("", row["encoding"]);
        Assert.Equal("""{"t": 21.5, "note": "a, \"b\""}""", row["body"]);
        Assert.Equal("""{"$.ct":"application/json"}""", row["properties"]);
        Assert.Equal("7", row["position"]);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_come_as_Base64()
    {
        var row = Assert.Single(await RowsAsync(Message("") with { Body = [0xff, 0x00, 0x41] }));

        Assert.Equal(("base64", "/wBB"), (row["encoding"], row["body"]));
    }

    [Theory]
    [InlineData("=cmd|'/c calc'!A1")]
    [InlineData("+1+2")]
    [InlineData("-1+2")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    public async Task Nothing_in_it_is_a_formula(string body)
    {
        var field = Assert.Single(await RowsAsync(Message(body)))["body"];

        Assert.DoesNotContain(field[0], "=+-@\t\r");
        Assert.EndsWith(body, field, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_and_letters_of_the_world_come_back()
    {
        var body = "a\r\nb\n\"Grüße\" 温度 🌡";

        Assert.Equal(body, Assert.Single(await RowsAsync(Message(body)))["body"]);
    }

    [Fact]
    public async Task No_message_is_a_file_with_headers()
    {
        using var stream = new MemoryStream();
        await MessageCsv.WriteAsync(ManyAsync(), stream, Ct);

        var text = Encoding.UTF8.GetString(stream.ToArray());
        // spreadsheets take the mark for UTF-8
        Assert.StartsWith("\ufefftime,received,", text, StringComparison.Ordinal);
        Assert.Single(text.TrimEnd().Split('\n'));
    }

    private static RawMessage Message(string body) =>
        new()
        {
            Position = 7,
            Received = Noon.AddSeconds(1),
            MessageTime = Noon,
            Component = "",
            Body = Encoding.UTF8.GetBytes(body),
        };

    private static async Task<List<Dictionary<string, string>>> RowsAsync(params RawMessage[] messages)
    {
        using var stream = new MemoryStream();
        await MessageCsv.WriteAsync(ManyAsync(messages), stream, Ct);
        stream.Position = 0;
        return await CsvRows.OfAsync(stream, Ct);
    }

    private static async IAsyncEnumerable<RawMessage> ManyAsync(params RawMessage[] messages)
    {
        await Task.CompletedTask;
        foreach (var message in messages)
            yield return message;
    }
}
