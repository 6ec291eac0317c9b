"""Well-known misspellings of English words, each a word that is neither English nor a common name.

Written for this project. Spellings that are right somewhere (colour, color; accidently, publically)
are no misspellings.
"""

from __future__ import annotations

from typing import Final

# The right word, then the wrong ones.
_GROUPS: Final = """
abducted:adbucted,abdcuted absence:absense,abscence absolute:absloute,absolut abundance:abundence
acceptable:acceptible accessible:accessable accident:accidnet,acident accidentally:accidentaly
accommodate:accomodate,acommodate accommodation:accomodation,acommodation,accommodtion
accompanied:accompanyed,accomponied accomplish:acomplish accordance:accordence
according:acording,accoring,acccording accuse:acuse accused:acused,accussed achieve:acheive,achive
achieved:acheived,achived achievement:acheivement,achievment achieving:acheiving
acknowledge:acknowlege,aknowledge,acknowledege acknowledged:acknowleged,aknowledged
acknowledges:acknowleges,aknowledges acquire:aquire,acquier acquired:aquired acquires:aquires
acquisition:aquisition,acquisiton,acqusition acquitted:aquitted,acquited across:accross
activists:activits,actvists actually:actualy,acutally address:adress,addres addressed:adressed
addresses:adresses addressing:adressing
administration:adminstration,administraion,adminisration,administation administrative:adminstrative
advertisement:advertisment affect:afect afghanistan:afganistan again:agian
against:aganist,agianst,agaist,againt aggression:agression aground:agound aggressive:agressive
agreement:agreeement,aggreement,agreemnt aircraft:aircaft,airplaine airport:aiport,airpot
allegations:alligations,allegatons alleged:aledged,alledged allegedly:aledgedly,alledgedly,allegedy,allegely
almost:allmost already:allready,aleady,alreday although:altough,althought,allthough always:allways,alwasy
amateur:amatuer,ameteur ambassador:ambassodor,embassador,ambassaddor amendment:amendement,ammendment
among:amoung amount:ammount,amout ancestor:ancester anniversary:aniversary,anniversery
announce:anounce,annouce announced:anounced,annouced,annoucned,announed,annouonced
announcement:anouncement,annoucement,announcment announces:anounces,annouces,annonces,announceds
announcing:anouncing,annoucing annual:anual anonymous:anonymus,annonymous another:anohter,anothe
apartment:appartment,apartement apologise:appologise apologize:appologize apparent:apparant
apparently:apparantly appearance:appearence,apperance appointed:apointed,appoined
appointment:appointement,apointment approach:aproach approached:aproached appropriate:apropriate
approval:aproval approve:aprove approved:aproved approves:aproves
approximately:aproximately,approximatly,approximatley,approximitely,approxmately
archaeological:archelogical,archaelogical archaeologists:archeaologists,archaelogists argument:arguement
around:arround,aroud arrested:arested,arrrested arrival:arival arrived:arived artillery:artilery
assassin:assasin assassinate:assasinate assassinated:assasinated,assassinted
assassination:assasination,assination assault:asault assembly:assembley,asembly
assistance:assistence,assistace associated:assosiated,asociated
association:assocation,assosciation,associaton asylum:assylum,asylem athlete:athelete athletes:atheletes
attack:atack,attck attacked:atacked,attaked attacks:atacks,attaks attempt:attemp,atempt
attempted:attemped,atempted attempting:attemping,atempting attempts:atempts attendance:attendence
attended:atended attention:attenion attributed:atributed audience:audiance
authorities:authorites,authoritites,autorities,authorties authority:authorty,autority authorized:authorzied
available:availible,avaliable,availabe backlash:backlach balance:ballance ballistic:balistic
bankruptcy:bankrupcy,bankruptsy,bankrupty banned:baned because:becuase,becasue,beacuse,becouse
become:becomea becoming:becomming before:befor,befroe begins:begans beginning:begining,beggining
behavior:behavoir behaviour:behavour being:beeing belief:beleif believe:beleive,belive
believed:beleived,belived believes:beleives,belives believing:beleiving belligerent:beligerent,belligerant
besieged:beseiged between:beween,betwen,bewteen,betweeen billion:billon,bilion,billlion bodies:boddies
bombing:bombimg bombings:bombimgs boundary:boundry boycott:boycot breakthrough:breakthru
broadcast:brodcast,broadcat brought:brougth building:bulding,buidling,builing buildings:buldings,buidlings
bureaucracy:bureacracy,beaurocracy burglary:burglery business:buisness,bussiness,busness
businessman:buisnessman,bussinessman campaign:campain,campaing,campagin campaigns:campains,campaings
cancelled:cancelles candidate:canidate,candiate candidates:canidates,candiates,candidats
capabilities:capabilites captured:caputred casualties:casualities,casualites category:catagory
cathedral:catherdral caught:cought ceasefire:ceasfire celebrate:celebarte celebration:celebaration
cemetery:cemetary century:centruy ceremony:cerimony,ceremoney certain:certian chairman:chairmain,charman
challenge:challange challenges:challanges championship:champonship,champioship championships:champonships
changed:chaged character:charachter charged:chraged charges:chrages chemical:chemcial chief:cheif
children:childern,chldren choose:chosse circumstances:circumstaces citizens:citizins civilian:civillian
civilians:civillians,civilans,civlians claimed:claimes climate:climat coalition:coaltion collapse:colapse
collapsed:colapsed collapses:colapses colleague:collegue colleagues:collegues collected:colected
collection:colection collision:colision,collission colony:collony combination:comination coming:comming
commander:comander commemorate:commemerate comments:coments commercial:comercial
commission:comission,commision,comision commissioned:comissioned,commisioned
commissioner:comissioner,commisioner commit:comit commits:committs committed:commited,comitted
committee:commitee,comittee,committe,comitee committing:commiting communication:comunication,communciation
communist:comunist community:comunity,commmunity,communty company:compnay competition:competiton,compitition
complaint:complaintant completely:completly,completley condemned:condemmed,condemed condemns:condems
conference:confrence,conferance confidence:confidance confirm:comfirm
confirmed:comfirmed,confirrmed,confimed,confirmred confirms:comfirms conflict:conflct
congratulated:congradulated congratulates:congradulates connection:conection conscience:concience
consensus:concensus consequence:consequense conservative:conservitive consider:concider considered:consided
consistent:consistant conspiracy:conspriacy constitution:constituion,constitiution
constitutional:constitional,constituional construction:constuction contains:containes
continue:contine,contiune continued:contined continues:contines,continuies continuing:contining
continuous:continous controversial:controversal,contraversial,controvertial
controversy:contraversy,controvesy convenient:convienient convicted:convited cooperation:coopertion
corruption:coruption,corrupton council:councel,counsil countries:countires,countrys country:counrty,contry
courageous:couragous created:creaated criticised:critisised criticism:critisism,critcism criticized:critized
criticizes:critizes,criticies currency:currancy current:currrent currently:curently,currenty,curretly
damage:damge,dammage damaged:damged damages:damges dangerous:dangerious decided:deciced
decision:descision,desicion,decison declared:decalred declares:decalares,declars defeated:deafeated
defeats:defeates defendant:defendent defendants:defendents definite:definate definitely:definately,definitly
delegation:deligation deliberately:deliberatly delivers:deliveres democracy:democrasy
democratic:democractic,democatic demonstration:demonstation,demonstraton demonstrations:demonstations
demonstrators:demonstraters,demonstators denies:denys department:departement,deparment,departmet
deployed:depoyed describe:discribe described:descibed,discribed description:discription despite:dispite
destroyed:destoyed,destroied destroys:destroyes destruction:destuction deteriorate:deterioate
deteriorating:deterioating determine:determin develop:develope developed:developped developing:developping
development:developement,devlopment developments:developements dictator:dictater
difference:differance,diffrence different:diffrent,diferent difficult:dificult,difficut
difficulties:difficulites dilemma:dilemna diplomat:dipolmat diplomatic:diplomtic disagreement:disagreeement
disappear:dissapear disappearance:disapearance,dissapearance,disppearance disappeared:dissapeared,disapeared
disappointed:dissapointed,disapointed disaster:disater disastrous:disasterous discovered:discoverd
discovery:discovry discussed:discused discussion:discusion disease:desease displaced:displacd dispute:disput
dissatisfied:disatisfied distributed:distibuted district:distict,disctrict disturbance:disturbence
documents:documnets domestic:domistic dominant:dominent during:durring,druing early:earily
earthquake:earthqake,earthquak,eathquake,earhtquake earthquakes:earthqakes economic:econmic,economc
economy:ecomomy,econony effect:efect efficient:efficent effort:effot efforts:effots eighth:eigth
election:electon,elction,elecion elections:electons,elctions electricity:electricty
eliminated:elimated,elimanated embarrass:embarass embarrassed:embarassed embarrassing:embarassing
embarrassment:embarassment embassy:embasy,embassey emergency:emergancy,emergeny emigrants:emmigrants
employees:employess encouraged:encoraged enforcement:enforcment engineer:enginer ensures:enusres
environment:enviroment,environement environmental:enviromental equipment:equiptment escaped:escapted
especially:especialy,expecially essential:essentail establish:establsh established:estabished,establised
estimated:estimed,estimaed evacuate:evacute,evactuate evacuated:evacuted,evactuated,evacutated
evacuation:evacution eventually:eventualy evidence:evidance exceeded:exceded excellent:excelent except:exept
exchange:exhange executed:exectuted execution:exectution executive:excutive exercise:excercise,exersize
exercises:excercises existence:existance expected:expeced,expexted expelled:expeled expense:expence
experience:experiance experienced:experianced experiment:experiement explain:explane
explanation:explaination exploded:explodeded explodes:explods explosion:explotion,explosin,explsion
explosions:explotions explosive:explosve explosives:explosivs extended:exended extradite:extridite
extradited:extradicted extradition:extradiction,extridition extraordinary:extrordinary extremely:extremly
extremists:extremeists facilities:facilites familiar:familar families:famiiles,familes family:famly
famous:famouse fascist:facist fighting:figthing finally:finaly financial:finanical,finacial
firefighters:firefigthers flight:flght,fligth flights:flighits following:folowing,follwing,followng
forcibly:forceably foreign:foriegn,forein foreseeable:forseeable former:fomer forty:fourty forward:foward
founded:foudned freight:frieght friend:freind friends:freinds fulfil:fullfil fulfilled:fullfilled
further:futher gauge:guage general:genral generally:generaly genocide:genicide
government:goverment,govenment,governement,govermnent,governmet governmental:govermental
governments:goverments governor:govenor,governer grammar:grammer grateful:greatful
guarantee:garantee,gaurantee guaranteed:garanteed,gauranteed guard:gaurd guards:gaurds guidance:guidence
happened:happend happening:happenning harass:harrass harassed:harrassed harassment:harrassment height:heigth
hemisphere:hemishpere hierarchy:heirarchy historic:hisotric honorary:honarary,honourary
hospital:hosptial,hopsital,hospitol hospitalized:hosptialized hostage:hostege hostages:hosteges
household:houshold however:howver,howevr human:humna humanitarian:humanitarion,humantarian
humorous:humourous hundred:hunderd hundreds:hunderds hurricane:huricane,hurrican hygiene:hygeine
identified:indentified,identifed identify:indentify illegal:ilegal,illegeal illegally:illegaly,ilegally
immediate:imediate immediately:immediatly,imediately,immediatley,immedietly immigrants:imigrants,immigants
immigration:imigration imminent:iminent importance:importence important:importent impossible:imposible
imprisoned:inprisoned imprisonment:imprisonement inaugurated:inagurated,inaugerated,inaugrated
inauguration:inaguration,inaugeration incident:incidnet,incedent incidents:incidnets
including:inculding,incuding,includng,inclding increase:incease increased:inceased increasing:incresing
increasingly:increasinly incumbent:incumbant,encumbent independence:independance,indepedence,independece
independent:independant,indepedent indicted:indited,indcted indictment:inditement indigenous:indiginous
individual:indivdual infectious:infecious influence:infuence information:infomation,informaton
infrastructure:infastructure,infrastucture initial:intial initially:intially initiative:iniative
injured:injuired,injred injures:injurs injuries:injuires,injuried injuring:injurying,injuiring
innocent:inocent inspection:inspecton inspectors:inpectors installed:instaled instead:insted
institution:insitution insurance:insurence insurgents:insugents,insurgants
intelligence:inteligence,intelligance,intellegence intense:intence interest:intrest interested:intrested
interference:interferance international:interantional,internatinal,internaional interrupted:interupted
interview:inteview introduced:intoduced introduction:introducion invasion:invation investigate:investgate
investigation:investigaton,investgation investigators:investigaters involved:invovled,invloved island:iland
islands:ilands itself:itslef jeopardy:jepordy jewellery:jewlery jewelry:jewelery journalist:journlist
journalists:journlists,jounalists judgement:judgemant judiciary:judicary jurisdiction:juristiction
kidnapped:kiddnapped killed:kiled,killd killing:kiling,killling kills:killls
kilometers:kilometeres,kilomters knowledge:knowlege landslide:landlside landslides:landislides
language:langauge largest:largset launch:lauch launched:lauched launches:lauches lawyer:laywer
lawyers:laywers leader:leadr leadership:leadersip legislation:legistlation,legislaton legislature:legislture
length:lenght liaison:liason liberation:libertation library:libary licence:lisence license:liscense
lieutenant:leutenant,lieutenent likely:likley literally:literaly living:liveing loneliness:lonelyness
losing:loscing magnitude:magnatude,magnitute maintain:maintan maintenance:maintainance,maintenence
majority:majorty making:makeing manoeuvre:manouver marriage:marrage massacre:massacer medicine:medecine
medieval:mideval member:memeber members:memebers,memebrs memorial:memorail message:mesage messages:mesages
metres:meteres migrants:migrents militants:miltants,militents,militans
military:miltary,millitary,miliary,militray million:milion,milllion,millon millions:milions
minister:minsiter,ministr ministers:minsiters ministry:minstry,minsitry minority:minorty
mischievous:mischevious missile:missle,misile missiles:missles,misiles missing:mising mission:misson
monument:momument mosquito:mosqito mountain:moutain mountains:moutains movement:movment municipal:muncipal
murder:muder murdered:mudered murders:muders national:nationnal,natinal natural:natual
necessarily:neccesarily,necessarilly necessary:neccessary,necesary,neccesary negotiate:negociate
negotiated:negociated negotiation:negociation negotiations:negociations,negotiatons negotiators:negociators
neighborhood:neighborhod neighbors:nieghbors neighbour:nieghbour neighbourhood:neighbourhod
neighbouring:nieghbouring ninth:nineth nominated:nomintated nominee:nominie northern:nothern,norhtern
noticeable:noticable notorious:notorius nuclear:nucular,neuclear,nulcear,nuclar number:nubmer
objective:objectve obscene:obsene observed:obsrved observers:obervers obtain:obtane
occasion:occassion,ocassion occasionally:occassionally,occasionaly occupation:ocupation occupied:occuppied
occur:occure occurred:occured,ocurred,occurd occurrence:occurence,occurrance occurring:occuring
occurs:occurrs,occures,occurres,ocurrs offensive:offencive officer:offcier,oficer officers:offciers,oficers
official:offical,offcial officially:officialy,offically officials:officals,offcials opening:openning
operation:opperation,operaton operations:opperations opponent:oponent opponents:oponents
opportunity:oppurtunity,oportunity,opportunty opposed:oposed opposite:oppossite
opposition:oppostion,opositon,oposition organisation:organsation,organistation,organitsation
organisations:organsations organization:organiztion,orginization,organizaton,organitzation
organizations:organiztions original:orignal,orginal originally:orignally,orginally outskirts:outskirks
overthrow:overthow overwhelming:overwelming pamphlet:pamplet parallel:paralell,parralel
paramilitary:paramiltary parliament:parliment,parlament,paliament,parlaiment
parliamentary:parlimentary,parlamentary,parliamentry participate:particpate participated:particpated
particularly:particulary,particularily passed:pased passenger:passanger,passeneger
passengers:passangers,passegers peaceful:peacefull peacekeepers:peackeepers peninsula:penninsula
people:poeple,peopel,peolpe,pople percent:perecent performance:preformance,performence
permanent:permanant,permenant permission:permision permitted:permited persistent:persistant
personnel:personel,personell,personnell persuade:pursuade pharmaceutical:pharmacutical
philippines:phillipines playwright:playwrite plead:pleade pleads:pleades plebiscite:plebicite
poisoned:poisend police:polcie,plice policeman:polceman political:politcal,politial politician:politican
politicians:politicans popular:populer population:popluation,populaton possession:posession,possesion
possibility:possiblity possible:possable,posible possibly:possibily preceding:preceeding preferred:prefered
pregnant:pregnent preliminary:preliminery,prelimary preparation:preperation presence:presense,presance
present:presnet presidency:presidancy president:presdient,presidnet,presidenet
presidential:presidental,presidentail,presdential,presidencial pressure:presure previous:previus
previously:previosly,previouly primarily:primarly prime:pirme prisoner:prisioner
prisoners:prisioners,prisonners privilege:priviledge,privelege probably:probaly,probally
procedure:proceedure process:proccess production:producton professional:proffesional,profesional
professor:proffesor,proffessor prominent:promient,prominant pronunciation:pronounciation
propaganda:propoganda proposal:porposal proposed:porposed prosecute:prosicute prosecution:prosecuton
prosecutor:prosecuter prosecutors:prosecuters,prosecutiors protest:portest protesters:protesers,protesteres
protests:portests province:provice,privince provinces:provices provision:provison
psychological:phychological,psycological publicly:publicaly published:publised,publshed pursue:persue
pursued:persued pursuing:persuing quantity:quanity quarantine:quarentine,quarantene quarter:quater
questionnaire:questionaire reaches:reachs reaction:raection really:realy rebels:rebles recede:receed
receive:recieve received:recieved,recived,receieved receives:recieves receiving:recieving recent:recnet
recently:recenlty recession:recesion recognise:reconise recognised:reconised recognize:reconize
recommend:recomend,reccomend,reccommend recommendation:recomendation,reccomendation
recommendations:recomendations,reccomendations recommended:recomended,reccomended
recommends:recomends,reccomends reconnaissance:reconnaisance,reconaissance reconstruction:reconstuction
recovered:recoverd reference:referance,refrence referendum:referendem,refrendum referred:refered
referring:refering refugee:refugue refugees:refugess refused:refussed regarding:regading region:reigon
registration:registation reigning:reiging relations:realtions relationship:relatonship
release:realease,relase released:realeased,relased releases:realeases,relases relevant:relevent
relief:releif religious:religous,relgious reluctant:reluctent remember:rember removed:remvoed
repeatedly:repeatedely repetition:repitition reported:repored,repoted
reportedly:reportedy,reportly,reporteldy reporter:repoter reporters:repoters reports:reprots
represent:repersent representative:representitive,representive representatives:representitives,representives
republic:repubic republican:repulican request:reqest requested:reqested rescue:resuce rescued:resuced
rescuers:resucers research:reseach,reasearch researchers:reseachers resident:resisdent
residents:residants,resisdents resign:resgin resignation:resignition,resigation resistance:resistence
resolution:resoltion,resolutoin respectively:respectivly response:responce
responsibility:responsiblity,responsability,responsibilty responsible:responsable
restaurant:restaraunt,resturant,restaurent restaurants:resturants resulted:resuled results:reslults
resurgence:resurgance retaliation:retalitation revealed:revealled reverse:reverce revolution:revoltuion
rhythm:rythm,rythym ridiculous:rediculous running:runing sabotage:sabatoge sacrifice:sacrafice
sanctions:sactions,sanctons satellite:satelite,satellitte,sattelite,satelitte satellites:satelites
scandal:scandel scene:sceene schedule:schedual scheduled:scheduld scientist:scienist,scientst
scientists:scienists,scientsts search:seach secretary:secratary,secretery,secetary,secratery section:secton
security:securty,secuirty,securtiy seize:sieze seized:siezed,seazed seizes:siezes seizure:siezure
senate:sentate senator:senater sentence:sentance,setence sentenced:sentanced,setenced,sentened
sentences:sentances separate:seperate,seprate separated:seperated separately:seperately
separation:seperation separatist:seperatist separatists:seperatists sergeant:seargent series:serries
serious:serios seriously:seriosly settlement:settelment several:serveral,severl,sevral severely:severly
shooting:shotting,shoting shootout:shooutout shoots:shoosts shortly:shortley siege:seige
significant:signficant,significent,signifcant significantly:signficantly similar:similiar,simular
simultaneous:simultanious simultaneously:simultaniously,simultanously since:sicne sincerely:sincerly
situation:situtation soldier:solidier soldiers:soliders,solidiers something:somthing southeast:southeat
southern:sourthern,souhtern sovereign:soverign,soverein sovereignty:soveriegnty,soverignty speech:speach
spokesman:spokeman,spoksman spokesperson:spokeperson spokeswoman:spokewoman stabbed:stabed
statement:statment statements:statments station:staion storm:stom strategic:stategic strategy:stategy
strength:stregth,strenght strike:srtike strikes:stikes struggle:stuggle student:stundent
students:studnets,stundents submarine:submarrine subsequent:subsequant subsequently:subsequantly
substantial:substancial succeed:suceed,succed succeeded:suceeded,succeded succeeds:suceeds,succeds
success:sucess successful:succesful,sucessful,successfull successfully:succesfully,sucessfully
succession:sucession successor:succesor,sucessor sufficient:sufficent suicidal:sucidal suicide:sucide,suicde
summoned:sumoned superintendent:superintendant support:suport,suppport supported:suported supporter:suporter
supporters:suporters supreme:supereme surprise:suprise surprised:suprised surprising:suprising
surrender:surender surrendered:surendered surround:suround surrounded:surounded surrounding:surounding
surveillance:surveilance,survellance survive:survivie survived:survied survivor:surviver survivors:survivers
suspect:supect suspected:supected,suspeted suspended:supended suspicion:suspision suspicious:suspicous
sympathy:simpathy system:sytem taliban:tailban target:tartget technical:techincal
technology:techonology,tecnology,technolgy television:televison temperature:temprature,temperture
temperatures:tempratures,tempertures temporarily:temporarilly,temporaily temporary:temporay
tendency:tendancy territory:teritory,terrritory terrorism:terorism terrorist:terorist,terrorrist
terrorists:terorists testimony:testimoney their:thier themselves:themselfs,themselve these:theese they:tehy
third:thrid though:thougth thought:thougt thousand:thousend thousands:thousends,thosands threat:threath
threaten:threathen threatened:threathened threatening:threatning threatens:threathens
through:throught,throgh,thorugh throughout:througout,thoughout together:togther,togheter
tomorrow:tommorow,tommorrow,tomorow tornado:tornadoe torture:torure tourists:tousists toward:torward
towards:torwards traffic:trafic tragedy:tradgedy training:trainning transfer:transfere
transferred:transfered transferring:transfering transmission:transmision transport:tranport,transpor
travelling:travellling treatment:treament treaty:treay trouble:touble trying:tryng tsunami:tusnami,sunami
twelfth:twelth tyranny:tyrany ultimately:ultimatly ultimatum:ultimatium unanimous:unanimious,unanamous
unanimously:unanimiously,unanmously unarmed:unnarmed uncertainty:uncertainity unconscious:unconcious
underground:undergound,undersground unemployment:unemployement unfortunately:unfortunatly,unfortunatley
university:univeristy,univercity,univerity unknown:unkown unnecessary:unneccessary,unecessary
unprecedented:unprecidented,unpresedented until:untill,untl unusual:unusal unveils:unveiles upheld:uphelded
usually:usualy,usally vaccination:vacination,vaccinaton vaccine:vacine vacuum:vaccuum various:varoius
vehicle:vehical,vehicule vehicles:vehicals,vehicules verdict:veridct version:verson veteran:vetran
veterans:vetrans vicinity:vacinity victim:vicitm victims:vicitms victory:victry violence:violance,voilence
violent:violant visibility:visability visible:visable volcanic:volanic volcano:volcanoe volunteer:voluteer
volunteers:volunters vulnerable:vunerable warrant:warrent warrants:warrents weapon:wepon
weapons:wepons,weopons weather:wheather wednesday:wensday weight:wieght weird:wierd whether:whehter
which:whcih,wich,whihc while:whille wilful:willfull with:wiht withdraw:widthdraw withdrawal:withdrawl
withdrawn:widthdrawn within:witin without:witout witness:wittness witnesses:wittnesses work:wrok
working:workng world:wolrd worldwide:worlwide wounded:wonded wounding:wouding writing:writting
written:writen yesterday:yesteday yield:yeild yields:yeilds young:yound
"""


def _read() -> dict[str, str]:
    table: dict[str, str] = {}
    for group in _GROUPS.split():
        right, _, wrong = group.partition(":")
        table.update(dict.fromkeys(wrong.split(","), right))
    return table


MISSPELLINGS: Final[dict[str, str]] = _read()
"""Wrong → right."""
