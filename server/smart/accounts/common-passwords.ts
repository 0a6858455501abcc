/**
 * Words that stolen passwords are made of, in lower case and plain letters. The list was written for this project from what
 * published studies of leaked passwords agree on: the words of the yearly "most common passwords" reports, first names,
 * teams, seasons, months, pets, brands, endearments and curses, walks over keyboards, and the words of this trade. It holds
 * no password of a person. Digits, capitals, signs, years and letters written as digits are undone before a word is looked
 * up (password-rules.ts), so that `P4ssw0rd2024!` is found as `password`.
 */
const words = `
  password passwort passwd pass pwd passcode passphrase passwords mypassword contrasena contrasenya motdepasse senha parola
  haslo wachtwoord losenord salasana sifre kennwort secret secreto geheim access login logon signin letmein letme welcome
  welcom willkommen bienvenue bienvenido benvenuto admin administrator administrador root toor user username guest default
  changeme change change1t temp temporary test testing tester demo sample example trustno trustme iloveyou iloveu loveyou
  loveme lovely love lover loving teamo jetaime tequiero liebe amore amor mylove forever always together kisses kiss hugs
  master monkey dragon shadow superman batman spiderman ironman wonderwoman pokemon pikachu naruto starwars startrek matrix
  gandalf frodo hobbit legolas harrypotter hogwarts potter jedi skywalker yoda vader
  princess princesa prinzessin prince queen king angel angels angela heaven devil demon satan jesus christ jesuschrist god
  godbless blessed blessing faith hope grace church bible amen allah islam peace
  sunshine sunny rainbow flower flowers rose lily daisy butterfly summer sommer winter spring autumn fall herbst verano
  january february march april june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday weekend holiday vacation christmas easter halloween birthday
  football soccer baseball basketball hockey tennis golf golfer cricket rugby wrestling boxing karate running runner swimmer
  fishing fisherman hunter hunting camping skating surfing surfer skiing snowboard cycling yoga dancer dancing dance
  liverpool arsenal chelsea barcelona realmadrid madrid juventus milan manchester manutd everton celtic rangers tottenham
  bayern dortmund schalke galatasaray fenerbahce besiktas ajax benfica boca riverplate
  yankees redsox dodgers lakers celtics bulls cowboys steelers packers eagles raiders broncos patriots giants jets dolphins
  falcons panthers ravens saints vikings bears tigers lions cardinals braves cubs mets astros warriors
  michael jordan jennifer jessica ashley amanda nicole daniel andrew joshua matthew anthony robert thomas charlie george
  harley maggie michelle chelsea hannah samantha danielle lauren taylor justin brandon william richard joseph david james
  john johnny jonathan steven stephen patrick edward peter paul mark maria mary martin martha anna andrea alexander alex
  alexandra alexis alice amy barbara benjamin brian bruce carlos carmen caroline catherine christian christina christine
  christopher chris claire claudia crystal cynthia daisy debbie dennis diana donald dorothy elizabeth emily emma eric erica
  fernando frank francisco franklin gabriel gabriela gary gregory heather helen henry isabella jack jackie jackson jacob
  jake jane janet jason jasmine jasper jeffrey jenny jeremy jesse jose juan julia julian justine karen kate katherine katie
  kelly kenneth kevin kimberly kyle larry laura leonardo linda lisa louis louise lucas lucia lucy luis madison manuel marco
  marcus margaret marie marina mario marlboro martina megan melanie melissa miguel monica morgan natalie natasha nathan
  nicholas nicolas nicola oliver olivia oscar pamela patricia pedro philip phoebe rachel raymond rebecca ricardo roberto
  roger ronald ronaldo messi neymar beckham rosa russell ruth ryan sabrina sandra sarah scott sean sebastian sergio sharon
  simon sophie sophia stella stephanie susan sylvia teresa theresa timothy tina tommy tony travis tyler valentina vanessa
  veronica victor victoria vincent virginia wendy willie xavier yolanda zachary abdullah ahmed ali fatima hassan ibrahim
  khan mohamed mohammed muhammad mustafa omar yusuf anil deepak krishna lakshmi priya rahul raj ravi sanjay shiva sunil vijay
  chen huang liu wang zhang woaini aini dmitry ivan natalia nikita olga sergey svetlana tatiana vladimir
  buster ginger pepper bailey buddy lucky max maxwell molly rocky sammy sparky tigger tiger lion panther cougar puma jaguar
  bear teddy teddybear wolf eagle falcon hawk phoenix raven spider snake cobra viper turtle rabbit bunny kitty kitten cat
  cats hellokitty pussycat meow puppy doggie doggy dog dogs horse horses pony unicorn dolphin whale shark elephant giraffe
  panda koala penguin chicken duck turkey mickey minnie mouse donald snoopy garfield scooby simpsons bart homer barbie
  mercedes porsche ferrari lamborghini maserati toyota honda nissan suzuki yamaha kawasaki ducati bmw audi volkswagen volvo
  ford mustang chevy camaro corvette cadillac dodge viper jeep harleydavidson truck trucks driver racing ferrari
  google gmail yahoo hotmail outlook facebook twitter instagram youtube myspace linkedin whatsapp tiktok snapchat netflix
  amazon paypal ebay apple iphone ipad macbook android samsung nokia motorola microsoft windows office linux ubuntu redhat
  oracle cisco adobe photoshop dell lenovo intel nvidia playstation xbox nintendo zelda mario luigi sonic minecraft fortnite
  roblox warcraft starcraft counterstrike halo callofduty diablo sims tetris
  computer internet laptop server network database system security hacker hacking matrix cyber digital online website
  business company office work money dollar dollars million millionaire rich cash bank banking credit visa paypal bitcoin
  freedom liberty america american usa canada mexico brazil brasil argentina espana spain italia italy france paris london
  england scotland ireland germany deutschland berlin hamburg munich poland polska russia moscow india china japan tokyo
  australia sydney africa egypt turkey turkiye istanbul newyork california texas florida boston chicago dallas denver
  houston miami phoenix seattle vegas lasvegas brooklyn hollywood
  music guitar drummer drums piano bass metal metallica nirvana slipknot korn blink greenday beatles elvis eminem tupac
  rihanna beyonce shakira madonna britney justinbieber bieber onedirection bts rockstar rocknroll hiphop rapper
  chocolate cookie cookies candy sugar honey cheese pizza burger bacon banana apples orange lemon cherry strawberry peaches
  coffee beer vodka whiskey tequila corona heineken budweiser cocacola pepsi
  black white red blue green yellow purple pink orange silver gold golden diamond crystal ruby emerald pearl platinum
  sexy sexygirl hottie hotgirl babe baby babygirl babyboy babyface cutie cute beautiful pretty sweet sweetie sweetheart
  darling honeybunny girl girls boy boys mother mommy mama mom father daddy papa dad brother sister family familia friend
  friends bestfriend grandma grandpa daughter
  fuck fuckyou fuckme fuckoff shit bullshit asshole bitch bastard bollocks dick pussy cock cunt whatever whatthe nothing
  nobody somebody nevermind noidea dunno forgot forgotten remember blabla blahblah hahaha
  killer ninja samurai warrior soldier sniper assassin pirate knight wizard magic magical mystic legend hero superhero
  champion winner player gamer boss bigboss gangster thug maverick rebel cowboy ranger captain commander general major
  sergeant marine marines army navy airforce military police fireman firefighter
  hello hola hallo bonjour ciao namaste goodbye thanks thankyou please yes maybe happy smile smiley funny crazy lazy cool
  awesome amazing perfect great good bad best super mega ultra power powerful strong extreme special
  sky moon star stars sun earth world planet galaxy space ocean river island beach mountain forest nature fire water thunder
  lightning storm snow ice rain wind
  school college university student teacher science math history english spanish french german
  hospital clinic doctor nurse nursing patient medical medicine medication health healthcare health1 healthy pharmacy
  pharmacist dentist dental surgery surgeon therapy therapist emergency ambulance radiology laboratory lab cardiology cancer
  diabetes insulin asthma epic cerner portal mychart chart record records billing reception frontdesk staff insurance
  medicare medicaid candela smart fhir
  qwerty qwertz azerty qwer qwertyuiop qwertyui asdf asdfgh asdfghjkl asdfjkl zxcvbn zxcvbnm zxcv qazwsx qazwsxedc wsxedc
  edcrfv qweasd qweasdzxc poiuyt lkjhgf mnbvcx abcabc abcd aaa xyz xxx yyy zzz mnop
`

/** Of four letters or more: shorter ones are found inside too many words that mean no harm. */
export const commonWords: ReadonlySet<string> = new Set(words.split(/\s+/).filter((word) => word.length >= 4))
