using IoTCentral.Core.Files;

namespace IoTCentral.Core.Tests.Files;

public sealed class FileNameTests
{
    [Theory]
    [InlineData("a.txt")]
    [InlineData("logs/2026-11-23/boot.log")]
    [InlineData("Tür 1 (öffnen).jpg")]
    [InlineData("a..b")]
    [InlineData(".config")]
    [InlineData("%2e%2e%2fa")] // nothing is decoded, so this is a name like any other
    [InlineData("📷.png")]
    public void A_name_is_what_people_write(string name) => Assert.Null(FileName.FaultOf("pump", name));

    [Theory]
    [InlineData("")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a.")]
    [InlineData("..")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("a\r\nb")]
    [InlineData("a\ud800b")]
    public void What_means_a_place_or_cannot_be_written_is_refused(string name) =>
        Assert.NotNull(FileName.FaultOf("pump", name));

    [Fact]
    public void Device_and_name_together_have_a_length()
    {
        Assert.Null(FileName.FaultOf("pump", new string('a', 1019)));
        Assert.NotNull(FileName.FaultOf("pump", new string('a', 1020)));
    }
}
