using System.IO.Pipelines;
using System.Text;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Telemetry;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>What mutated sessions and requests have found.</summary>
public sealed class FoundTests
{
    [Theory]
    [InlineData("""[{"body":null}]""")]
    [InlineData("""[{"body":null,"base64Encoded":false}]""")]
    public void A_batch_with_a_body_that_is_null_is_the_devices_fault(string json)
    {
        var refused = Assert.Throws<BadHttpRequestException>(() => HttpBatch.Read(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(StatusCodes.Status400BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task An_AMQP_connection_that_is_stopped_before_its_header_is_read_reads_no_more()
    {
        var pipe = new Pipe();
        var input = new FrameInput(pipe.Reader);
        await pipe.Writer.WriteAsync(AmqpRecordings.Header, TestContext.Current.CancellationToken);

        input.Cancel();
        var (status, _) = await input.ReadHeaderAsync();

        Assert.Equal(InputStatus.Ended, status);
    }
}
